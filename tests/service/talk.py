"""People of every role who say commands in a made shop, and what they read back."""

from dataclasses import dataclass, field

from bot.errors import RuleError
from bot.port import Actor, Answer, Command, Feed, Look, Notice, Reply, Role, ShowFeed
from bot.service import people
from tests.made_shop import ROOM, MadeShop
from tests.rendered import english

REFUSED = "refused: "


@dataclass
class Talk:
    """Says commands and reads what only the one who said them is answered, as lines of English."""

    made: MadeShop
    staff: dict[Role, Actor] = field(default_factory=dict)
    said: int = 0

    async def who(self, role: Role) -> Actor:
        """Let somebody with this role in, once a role."""
        if role is Role.FAN:
            return await self.made.fan(0)
        if role not in self.staff:
            issued = await people.invite_role(self.made.shop, role, None)
            actor = Actor("room", f"the-{role}", role.value.title(), "en")
            await self.made.catwalk.command(Command(actor, "claim", "claim", issued.code))
            self.staff[role] = actor
        return self.staff[role]

    async def reply(self, who: Role | Actor, words: str, event: str | None = None) -> Reply:
        """Say `/name args` as a platform hands it in."""
        actor = await self.who(who) if isinstance(who, Role) else who
        self.said += 1
        name, _, args = words.removeprefix("/").partition(" ")
        return await self.made.catwalk.command(Command(actor, event or f"said-{self.said}", name, args, ROOM))

    async def say(self, who: Role | Actor, words: str, event: str | None = None) -> list[str]:
        """Say a command; read title and lines, or why it was refused with its code."""
        try:
            reply = await self.reply(who, words, event)
        except RuleError as refused:
            return [REFUSED + refused.code]
        assert reply.text is not None
        if not isinstance(reply.screen, Answer):
            return [english(reply.text)]
        assert english(reply.text) == english(reply.screen.title)
        return [english(line) for line in (reply.screen.title, *reply.screen.lines)]

    async def choices(self, who: Role | Actor, words: str) -> dict[str, str]:
        """Say a command; read what it offers to say next, by its label."""
        reply = await self.reply(who, words)
        assert isinstance(reply.screen, Answer)
        return {english(choice.label): choice.say for choice in reply.screen.choices}

    async def feed(self, who: Role | Actor) -> Feed:
        actor = await self.who(who) if isinstance(who, Role) else who
        screen = (await self.made.catwalk.look(Look(actor, ShowFeed(), ROOM))).screen
        assert isinstance(screen, Feed)
        return screen

    async def told(self, who: Role | Actor) -> list[str]:
        """Read what somebody alone was told, oldest first."""
        return [english(item.text) for item in (await self.feed(who)).items if isinstance(item, Notice)]
