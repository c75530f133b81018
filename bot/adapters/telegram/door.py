"""Who comes in by a group's button: only who Telegram says is in that group."""

import structlog
from telegram import Bot, ChatMember, ChatMemberRestricted
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.adapters.telegram.links import Links
from bot.adapters.telegram.who import PLATFORM
from bot.errors import RuleError
from bot.port import Actor, Inbox, Moved, Seen
from bot.text import t

log = structlog.get_logger()

_INSIDE = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER)


class Door:
    """Lets people in by the deep links of groups."""

    def __init__(self, bot: Bot, inbox: Inbox, links: Links) -> None:
        self._bot = bot
        self._inbox = inbox
        self.links = links

    async def enter(self, actor: Actor, payload: str) -> str:
        """Let in who came by a link, and say where it leads; raises RuleError for who may not."""
        way = self.links.read(payload)
        if way is None:
            raise RuleError("link.unknown", t("This link is not one of ours. Tap Vote in your group."))
        await self.admit(actor, way.group)
        return way.go

    async def admit(self, actor: Actor, group: str) -> None:
        """Take note that somebody is in a group; raises RuleError for who is not.

        A link from before a group had another id leads to that group.
        """
        try:
            inside = await self._is_inside(group, actor)
        except ChatMigrated as moved:
            old, group = group, str(moved.new_chat_id)
            await self._inbox.hear(Moved(PLATFORM, old, group))
            inside = await self._is_inside(group, actor)
        await self._inbox.hear(Seen(actor, group, here=inside))
        if not inside:
            raise RuleError(
                "link.outsider", t("This ballot is for the people in its group. Join it, then vote.")
            )

    async def _is_inside(self, group: str, actor: Actor) -> bool:
        """Ask Telegram whether somebody is in a group; raises RuleError where it does not say."""
        try:
            member = await self._bot.get_chat_member(int(group), int(actor.remote_id))
        except (BadRequest, Forbidden) as unknown:
            log.warning("membership_unknown", reason=unknown.message)
            raise RuleError(
                "link.unseen",
                t("I cannot see who is in that group. Ask its moderators to say /doctor there."),
            ) from None
        return is_inside(member)


def is_inside(member: ChatMember) -> bool:
    """Say whether somebody is in a chat; who is restricted may be in it or not."""
    return member.status in _INSIDE or (isinstance(member, ChatMemberRestricted) and member.is_member)
