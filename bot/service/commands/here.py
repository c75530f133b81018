"""Where a command was said: the groups and campaigns it can be about, and which one it names."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import RuleError
from bot.port import Answer, Choice, Command, Reply, Role
from bot.rounds.model import Campaign
from bot.service.comments import member_group
from bot.service.shop import check_role, known, language_for
from bot.storage import campaigns, people
from bot.storage.people import GroupRow, Person
from bot.storage.store import Tx
from bot.text import Text, t, verbatim


class Asks(Exception):
    """A command could mean several things: `reply` asks which."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Here:
    """Who speaks and where: in one group, or where none is named in all of theirs on that platform.

    An owner in a chat of their own speaks of everything there is.
    """

    person: Person
    language: str
    groups: tuple[GroupRow, ...]
    campaigns: tuple[Campaign, ...]

    @property
    def group_ids(self) -> list[int]:
        return [g.id for g in self.groups]

    def reply(self, title: Text, lines: Sequence[Text] = (), choices: Sequence[Choice] = ()) -> Reply:
        """Answer who asked, and nobody else."""
        return Reply(title, Answer(title, tuple(lines), tuple(choices)), language=self.language)

    def campaign(self, say: str, words: str) -> tuple[Campaign, str]:
        """Find the campaign a command is about: the one its words begin with, or the only one there is.

        Returns it with the other words; asks back where there are several. `say` is the command so far.
        """
        first, _, rest = words.strip().partition(" ")
        named = next((c for c in self.campaigns if c.key.lower() == first.lower()), None)
        if named is not None:
            return named, rest.strip()
        if not self.campaigns:
            raise RuleError("campaign.none", t("Nothing is being decided in this group yet."))
        if len(self.campaigns) > 1:
            each = [
                Choice(verbatim(c.title), f"{say} {c.key} {words}".strip()) for c in reversed(self.campaigns)
            ]
            raise Asks(self.reply(t("Which one do you mean?"), choices=each))
        return self.campaigns[0], words.strip()


async def here(tx: Tx, c: Command, *roles: Role) -> Here:
    """Find who speaks and where; raises RuleError for who is not in the group, or may not say this."""
    person = await known(tx, c.actor)
    if roles:
        check_role(person, *roles)
    language = language_for(person, c.actor)
    if c.group is None and person.may(Role.OWNER):
        everything = await campaigns.all_campaigns(tx)
        return Here(person, language, tuple(await people.all_groups(tx)), tuple(everything))
    if c.group is None:
        joined = await people.memberships(tx, person.account_id)
        groups = [g for g in joined if g.platform == person.platform]
    else:
        groups = [await member_group(tx, person, c.actor.platform, c.group)]
    found = await campaigns.campaigns_of(tx, [g.id for g in groups])
    return Here(person, language, tuple(groups), tuple(found))


def leading_number(words: str) -> tuple[int | None, str]:
    """Read the number of a round that words begin with, and the rest of them; None for other words."""
    first, _, rest = words.strip().partition(" ")
    if first.isascii() and first.isdecimal() and len(first) <= 3:
        return int(first), rest.strip()
    return None, words.strip()
