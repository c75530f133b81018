"""Who sits at the desk, and what their role lets them do."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.port import Actor, Role
from bot.rounds.engine import Event
from bot.service.shop import Shop, check_role, known, language_for
from bot.storage.people import Person
from bot.storage.store import Tx

STAFF = (Role.OWNER, Role.MODERATOR, Role.DESIGNER)
RUNNERS = (Role.OWNER, Role.MODERATOR)
MODERATORS_MAY = frozenset({Event.OPEN, Event.PAUSE, Event.RESUME, Event.EXTEND, Event.CLOSE})


@dataclass(frozen=True, slots=True)
class Staff:
    """Who looks: an owner sees and does everything, a moderator runs rounds, a designer sees cuts."""

    account_id: int
    name: str
    language: str
    owner: bool
    runs: bool


def _staff(person: Person, actor: Actor) -> Staff:
    return Staff(
        person.account_id, person.name, language_for(person, actor),
        person.may(Role.OWNER), person.may(*RUNNERS),
    )  # fmt: skip


async def seat(tx: Tx, actor: Actor, roles: Sequence[Role] = STAFF) -> Staff:
    """Say who acts; raises RuleError (`role.missing`) for whom the desk is not."""
    person = await known(tx, actor)
    check_role(person, *roles)
    return _staff(person, actor)


async def check(shop: Shop, actor: Actor, act: str | None = None) -> Staff:
    """Say who acts; raises RuleError (`role.missing`) unless they may do `act` (None: owners only)."""
    async with shop.store.read() as tx:
        return await seat(tx, actor, RUNNERS if act in MODERATORS_MAY else (Role.OWNER,))
