"""What every use case needs to know of the installation: its database, secret and house rules."""

import hmac
import re
import secrets
from dataclasses import dataclass, field

from bot.errors import RuleError
from bot.i18n import language_of
from bot.intake.photos import PhotoStore
from bot.intake.studio import Studio
from bot.port import Actor, Role
from bot.storage import people
from bot.storage.people import Person
from bot.storage.store import Store, Tx
from bot.text import t

LINK_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no look-alikes: these are read out and typed
_EVENT_ID = re.compile(r"[A-Za-z0-9_:.\-]{1,100}")


@dataclass(frozen=True, slots=True)
class Shop:
    """One installation serves one store. `open_by_name`: the room lets people in by name alone.

    `speed` is how much faster than life the store's clock runs: codes last so much longer by it.
    `studio` cleans the photos people send; without one none are taken.
    """

    store: Store
    secret: bytes = field(repr=False)
    open_by_name: bool = False
    speed: float = 1.0
    studio: Studio | None = field(default=None, repr=False)

    @property
    def photos(self) -> PhotoStore | None:
        """Where cleaned photos are kept, if any are."""
        return self.studio.store if self.studio else None

    def hashed(self, kind: str, code: str) -> str:
        """Hash a code with the installation's secret, so that a stolen database gives nobody entry."""
        return hmac.digest(self.secret, f"code:{kind}:{normal(code)}".encode(), "sha256").hex()


def normal(code: str) -> str:
    """Read a code as people type it: any case, spaces and dashes ignored."""
    return re.sub(r"[\s-]", "", code).upper()


def new_code(length: int) -> str:
    """Draw a code; 8 letters last ten minutes of guessing at a limited rate, 26 last for good."""
    return "".join(secrets.choice(LINK_LETTERS) for _ in range(length))


def language_for(person: Person | None, actor: Actor) -> str:
    """Choose the language to answer in: the one the fan chose, else what their platform reports."""
    return language_of(person.language if person else None, actor.language)


async def known(tx: Tx, actor: Actor) -> Person:
    """Find the person behind an actor; raises RuleError for an account we never let in."""
    person = await people.find_person(tx, actor.platform, actor.remote_id)
    if person is None:
        raise RuleError("who.unknown", t("We do not know you here yet. Enter with your invitation first."))
    return person


def check_role(person: Person, *wanted: Role) -> None:
    """Raise RuleError unless the account holds one of the roles (an owner holds them all)."""
    if not person.may(*wanted):
        raise RuleError("role.missing", t("Only the people who run this shop can do that."))


def check_event(event_id: str) -> None:
    """Raise RuleError for an event id no platform of ours would send."""
    if not _EVENT_ID.fullmatch(event_id):
        raise RuleError("event.unknown", t("This request was garbled on its way. Reload and try again."))
