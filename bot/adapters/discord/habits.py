"""What a person wants to see otherwise than others: their ballot as menus instead of buttons."""

import hmac
from collections import OrderedDict

from bot.port import Actor, Memos

_KEPT = 10_000
_MENUS = "menus"


class Habits:
    """Keeps habits, and remembers those of who was here lately.

    They are kept by a hash of whose they are, so that what stays of who is forgotten says nothing.
    """

    def __init__(self, memos: Memos, secret: bytes) -> None:
        self._memos = memos
        self._secret = secret
        self._known: OrderedDict[str, bool] = OrderedDict()

    async def wants_menus(self, actor: Actor) -> bool:
        if actor.remote_id not in self._known:
            kept = await self._memos.read(self._key(actor))
            self._remember(actor, kept == _MENUS)
        return self._known[actor.remote_id]

    async def want_menus(self, actor: Actor, wanted: bool) -> None:
        await self._memos.put(self._key(actor), _MENUS if wanted else "")
        self._remember(actor, wanted)

    async def forget(self, actor: Actor) -> None:
        await self.want_menus(actor, False)
        del self._known[actor.remote_id]

    def _key(self, actor: Actor) -> str:
        whose = hmac.digest(self._secret, f"discord.habit:{actor.remote_id}".encode(), "sha256").hex()
        return f"habit:{whose}"

    def _remember(self, actor: Actor, wanted: bool) -> None:
        self._known[actor.remote_id] = wanted
        self._known.move_to_end(actor.remote_id)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
