"""A group in memory that answers as the service does, by a few plain rules and no chance."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import RuleError
from bot.port import (
    Actor,
    Answer,
    BallotView,
    Button,
    Card,
    CardPage,
    Choice,
    Command,
    Comment,
    DesignView,
    DuelPage,
    Feed,
    FeedPost,
    Index,
    Look,
    Me,
    NewDesigns,
    News,
    Notice,
    Picture,
    PresalesView,
    Press,
    Remark,
    Reply,
    Role,
    Said,
    Screen,
    Sheet,
    ShowBallot,
    ShowDesign,
    ShowDesigns,
    ShowFeed,
    ShowMe,
    ShowOrders,
    ShowPage,
    ShowPresale,
    ShowPresales,
    ShowRemark,
    ShowSaid,
    ShowTakeout,
    Strip,
    Takeout,
    Tile,
    Upload,
    Wish,
)
from bot.rounds.model import BallotShape
from bot.text import Count, Noun, Numbers, Share, Text, When, t, tn, verbatim
from tests.adapters.web.fake_pages import Answers, card_page, duel_page, on_card
from tests.adapters.web.fake_presales import FakePresale, orders_of

LOOKS = Noun({"en": ("look", "looks"), "fr": ("modèle", "modèles"), "zh": ("款",)})
GROUP = "spring"
HASHES = tuple(f"{n:064x}" for n in range(1, 46))


@dataclass
class Fan:
    """One account and its ballot."""

    name: str
    language: str
    roles: set[Role] = field(default_factory=lambda: {Role.FAN})
    picks: set[int] = field(default_factory=set)
    pages: set[int] = field(default_factory=set)
    undo: list[tuple[int, bool]] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)


class FakeInbox:
    """`photos` and `titles` are by design number from 1; a page holds `page_size` of them in order."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        photos: tuple[str, ...] = HASHES,
        titles: tuple[str, ...] | None = None,
        page_size: int = 20,
    ) -> None:
        self.clock = clock
        self.photos = photos
        self.titles = titles or tuple(f"Sage dress {n}" for n in range(1, len(photos) + 1))
        self.page_size = page_size
        self.fans: dict[str, Fan] = {}
        self.codes = {"WELCOME": Role.FAN, "OWNER-1": Role.OWNER, "MOD-1": Role.MODERATOR}
        self.open = False
        """Whether a name is enough to enter."""
        self.ballot = BallotShape.SHEETS
        self.state = "open"
        self.closed: Text | None = None
        self.closes_at = clock() + timedelta(days=2, hours=3)
        self.presales: list[FakePresale] = []
        self.items: list[FeedPost | Remark | Notice] = []
        self.cursor = 1
        self.groups: tuple[tuple[str, str], ...] = ((GROUP, "Spring room"),)
        self.answered: dict[str, Reply] = {}
        self.calls: list[Press | Comment | Command] = []
        self.show_screens = True
        self.fail: Exception | None = None

    # -------------------------------------------------------------- Inbox

    async def press(self, press: Press) -> Reply:
        self.calls.append(press)
        fan = self._fan(press.actor)
        if press.event_id in self.answered:
            return self.answered[press.event_id]
        verb, _, value = press.action.partition(":")
        if verb in {"order", "cancel"}:
            self.answered[press.event_id] = reply = self._dealt(verb, value.split(":"))
            return reply
        if self.closed:
            raise RuleError("vote.closed", self.closed)
        if verb in {"pick", "drop"} and value.isdecimal():
            reply = self._picked(fan, [(int(value), verb == "pick")])
        elif verb in {"rate", "chip", "prefer"}:
            reply = self._answered(fan, verb, *value.split(":"))
        elif verb == "undo" and fan.answers.back:
            fan.answers.back.pop()()
            reply = Reply(t("Taken back."), strip=self._strip(fan), language=fan.language)
        elif verb == "undo" and fan.undo:
            reply = self._picked(fan, [fan.undo.pop()], undo=True)
        elif verb == "finish" and value.isdecimal():
            fan.pages.add(int(value))
            reply = Reply(t("Page {n} is done", n=int(value)), strip=self._strip(fan))
            if self.show_screens:
                reply = Reply(reply.text, self._sheet(fan, None), reply.strip, language=fan.language)
        else:
            raise RuleError("action.unknown", t("This button is not one of ours any more."))
        self.answered[press.event_id] = reply
        return reply

    async def look(self, look: Look) -> Reply:
        if self.fail:
            raise self.fail
        fan = self._fan(look.actor)
        if look.group is not None and look.group != GROUP:
            raise RuleError("room.not_member", t("You are not in this group."))
        return Reply(screen=self._screen(fan, look.wish), language=fan.language)

    def offer(self, number: int, sold: int = 97) -> FakePresale:
        """Open a presale of a design."""
        made = FakePresale(number, self.titles[number - 1], self.photos[number - 1], self.clock(), sold)
        self.presales.append(made)
        self.cursor += 1
        return made

    def _presale(self, number: int) -> FakePresale:
        found = next((p for p in self.presales if p.number == number), None)
        if found is None:
            raise RuleError("presale.unknown", t("{n} cannot be ordered here.", n=Numbers((number,))))
        return found

    def _dealt(self, verb: str, words: list[str]) -> Reply:
        presale = self._presale(int(words[0]))
        if verb == "cancel":
            return Reply(presale.cancel(int(words[1])), orders_of(self.presales))
        text = presale.order(int(words[1]), words[2], words[3], int(words[4]), self.clock())
        return Reply(text, presale.view(self.clock()))

    def _screen(self, fan: Fan, wish: Wish) -> Screen:
        match wish:
            case ShowFeed(before):
                return self._feed(fan, before)
            case ShowPage(page):
                return self._page(fan, page)
            case ShowDesign(number):
                return self._design(fan, number)
            case ShowDesigns(words):
                named = enumerate(self.titles, start=1)
                return Index(tuple((n, title) for n, title in named if words in f"{n} {title}"))
            case ShowBallot():
                picks = tuple(self._tile(fan, n) for n in sorted(self._picks(fan)))
                undo = "undo" if fan.undo else fan.answers.undo
                loved = frozenset(n for n, answer in fan.answers.cards.items() if answer == 2)
                return BallotView(self._strip(fan), picks, self._pages(fan), undo, self.closed, loved)
            case ShowPresales():
                return PresalesView(tuple(p.view(self.clock()) for p in self.presales))
            case ShowPresale(number):
                return self._presale(number).view(self.clock(), wish)
            case ShowOrders():
                return orders_of(self.presales)
            case ShowSaid():
                mine = [i for i in self.items if isinstance(i, Remark) and i.mine]
                told = [i for i in self.items if isinstance(i, Notice)]
                return Said(GROUP, tuple(mine[::-1]), tuple(told[::-1]))
            case ShowRemark(number):
                return self._remark(fan, number)
            case ShowTakeout():
                return Takeout("catwalk.json", json.dumps({"name": fan.name}))
            case ShowMe():
                roles = tuple(sorted(fan.roles))
                return Me(fan.name, fan.language, (("room", fan.name),), roles, self.groups)

    def _remark(self, fan: Fan, number: int) -> Remark:
        if Role.MODERATOR not in fan.roles:
            raise RuleError("role.missing", t("Only moderators can do that."))
        found = next((i for i in self.items if isinstance(i, Remark) and i.id == number), None)
        if found is None:
            raise RuleError("mod.comment", t("There is no comment {n} here.", n=number))
        return replace(found, hideable=True)

    def _moderated(self, fan: Fan, words: list[str]) -> Reply:
        match words:
            case ["hide", handle, *reason] if reason:
                said = self._remark(fan, int(handle.removeprefix("c")))
                self.items = [i for i in self.items if not (isinstance(i, Remark) and i.id == said.id)]
                self.cursor += 1
                title = t("{comment} is hidden.", comment=handle)
            case ["log"]:
                title = t("Who did what")
            case _:
                raise RuleError("mod.reason", t("Say why in a few words."))
        lines = (t("2 hours ago: {who} hid c{id}", who="Mo <b>", id=1),)
        choices = (Choice(t("Undo"), "/mod undo 7"),)
        return Reply(title, Answer(title, lines, choices, (Button(t("See all results"), "results"),)))

    async def comment(self, comment: Comment) -> Reply:
        self.calls.append(comment)
        fan = self._fan(comment.actor)
        if comment.event_id in self.answered:
            return self.answered[comment.event_id]
        if not comment.text.strip("."):
            raise RuleError("comment.empty", t("Please write a word or two."))
        if comment.edits is not None:
            at = next(i for i, said in enumerate(self.items) if said.id == comment.edits)
            said = self.items[at]
            assert isinstance(said, Remark)
            self.items[at] = replace(said, body=comment.text, edited=True)
            return Reply(t("Changed."), language=fan.language)
        self.say(fan.name, comment.text, comment.number, mine=comment.actor.remote_id)
        reply = Reply(t("Thank you, the designers will read it."), language=fan.language)
        self.answered[comment.event_id] = reply
        return reply

    async def command(self, command: Command) -> Reply:
        self.calls.append(command)
        if command.event_id in self.answered:
            return self.answered[command.event_id]
        reply = self._commanded(command)
        self.answered[command.event_id] = reply
        return reply

    async def upload(self, upload: Upload | NewDesigns) -> Reply:
        raise AssertionError("the room takes no photos of designs")

    async def hear(self, news: News) -> None:
        raise AssertionError("nobody tells the room who is in it")

    async def changes(self, group: str) -> int:
        return self.cursor

    # -------------------------------------------------------------- what happens

    def say(
        self,
        author: str,
        body: str,
        number: int | None = None,
        mine: str = "",
        status: Text | None = None,
        editable: bool = False,
    ) -> None:
        """Put a comment into the feed."""
        photo = self.photos[number - 1] if number else None
        self.items.append(
            Remark(
                len(self.items) + 1,
                self.clock(),
                author,
                bool(mine),
                body,
                number,
                1,
                photo,
                status,
                editable=editable,
            )
        )
        self.cursor += 1

    def tell(self, text: Text, go: str | None = None) -> None:
        """Tell everybody something as if it were for them alone."""
        self.items.append(Notice(len(self.items) + 1, self.clock(), text, seen=False, go=go))
        self.cursor += 1

    def post(self, card: Card) -> None:
        self.items.append(FeedPost(len(self.items) + 1, self.clock(), card))
        self.cursor += 1

    def opening(self) -> Card:
        pictures = tuple(self.picture(n) for n in range(1, min(11, len(self.photos) + 1)))
        looks = Count(len(self.photos), LOOKS)
        return Card(
            "round",
            t("Round {n} of {rounds}: {looks}, about {keep} go on", n=1, rounds=3, looks=looks, keep=120),
            (
                t("Tap everything you would wear. No ranking, no wrong answers."),
                t("Closes {at}.", at=When(self.closes_at)),
                t(
                    "{fans} fans, {answers} opinions, {enough} seen enough",
                    fans=412,
                    answers=31080,
                    enough=Share(0.86),
                ),
                t("Your picks are private. Totals appear at closing."),
                t("Talk about one: write its number, like #067 longer sleeves please."),
            ),
            pictures,
            (Button(t("Vote"), "vote"), Button(t("My ballot"), "ballot")),
            t("{looks} in this round.", looks=looks),
        )

    def result(self) -> Card:
        total = len(self.photos)
        safe, edge = total * 48 // 100, total * 68 // 100
        pictures = []
        for place, n in enumerate(range(1, total + 1)):
            verdict = "safe" if place < safe else "edge" if place < edge else "out"
            middle = 0.95 - 0.9 * place / total
            note = t("{share} of the fans who saw it would wear it.", share=Share(middle))
            pictures.append(
                self.picture(n, verdict, note, (max(0.0, middle - 0.08), middle, min(1.0, middle + 0.08)))
            )
        return Card(
            "closed",
            t("Round {n} is closed", n=1),
            (t("{n} fans, {m} opinions.", n=438, m=34912),),
            tuple(pictures),
            (Button(t("See all results"), "results"),),
        )

    def picture(
        self,
        n: int,
        verdict: str | None = None,
        note: Text | None = None,
        span: tuple[float, float, float] | None = None,
    ) -> Picture:
        low, middle, high = span or (None, None, None)
        return Picture(n, 1, self.photos[n - 1], self._alt(n), verdict, note, low, middle, high)

    # -------------------------------------------------------------- screens

    def _fan(self, actor: Actor) -> Fan:
        if actor.remote_id not in self.fans:
            raise RuleError("who.unknown", t("We do not know you yet."))
        return self.fans[actor.remote_id]

    def _commanded(self, command: Command) -> Reply:
        name, args, actor = command.name, command.args, command.actor
        if name in {"enter", "claim"}:
            if args not in self.codes and not (name == "enter" and self.open and not args):
                raise RuleError("code.unknown", t("This code does not work any more. Ask for a new one."))
            fan = self.fans.setdefault(actor.remote_id, Fan(actor.name, (actor.language or "en")[:2]))
            fan.roles.add(self.codes.get(args, Role.FAN))
            return Reply(t("Welcome, {name}.", name=actor.name), language=fan.language)
        fan = self._fan(actor)
        if name == "language":
            fan.language = args
            return Reply(t("From now on in this language."), language=args)
        if name == "link":
            return Reply(t("Your code: {code}", code="LINK-42"), language=fan.language)
        if name == "forget":
            if Role.OWNER in fan.roles:
                raise RuleError("forget.last_owner", t("You are the only owner. Invite another one first."))
            if args == "yes":
                del self.fans[actor.remote_id]
            return Reply(t("Forgotten. Thank you for having been here."), language=fan.language)
        if name == "pick":
            numbers = [int(word) for word in args.split() if word.isdecimal()]
            if not numbers or max(numbers) > len(self.photos):
                raise RuleError("pick.unknown", t("Type numbers of designs, such as 61 67 72."))
            return self._picked(fan, [(n, True) for n in numbers])
        if name == "mod":
            return self._moderated(fan, args.split())
        if name == "results":
            table = Takeout("spring-round-1.csv", "place,number", "desk:round:1:standings.csv")
            return Reply(t("Standings as a table (CSV)"), table, language=fan.language)
        if name == "ballot":
            return Reply(t("Here is your ballot."), self._sheet(fan, None), language=fan.language)
        raise RuleError("command.unknown", t("There is no command /{name}.", name=name))

    def _picked(self, fan: Fan, changes: list[tuple[int, bool]], undo: bool = False) -> Reply:
        for number, picked in changes:
            (fan.picks.add if picked else fan.picks.discard)(number)
            if not undo:
                fan.undo.append((number, not picked))
        numbers = Numbers(tuple(n for n, _ in changes))
        text = t("{numbers} added", numbers=numbers) if changes[0][1] else t("{numbers} out", numbers=numbers)
        return Reply(text, strip=self._strip(fan), picked=tuple(changes), language=fan.language)

    def _answered(self, fan: Fan, verb: str, *values: str) -> Reply:
        changed: tuple[tuple[int, bool], ...] = ()
        if verb == "chip":
            text = fan.answers.reason(int(values[0]), values[1], values[2] == "1")
        elif verb == "rate":
            text, changed = fan.answers.rate(int(values[0]), int(values[1]))
        else:
            text, changed = fan.answers.prefer(int(values[0]), int(values[1]), int(values[2]))
        return Reply(text, strip=self._strip(fan), picked=changed, language=fan.language)

    def _picks(self, fan: Fan) -> set[int]:
        won = {2 * page - (choice == 1) for page, choice in fan.answers.duels.items() if choice}
        return fan.picks | {n for n, answer in fan.answers.cards.items() if answer} | won

    def _alt(self, n: int) -> Text:
        return verbatim(self.titles[n - 1])

    def _tile(self, fan: Fan, n: int) -> Tile:
        picked = n in self._picks(fan)
        press = f"drop:{n}" if picked else f"pick:{n}"
        if self.ballot is BallotShape.CARDS:
            press = f"rate:{n}:{int(not picked)}"
        return Tile(
            n, 2 if n % 17 == 0 else 1, self.titles[n - 1], self.photos[n - 1], self._alt(n), picked, press
        )

    def _pages(self, fan: Fan) -> tuple[bool, ...]:
        if self.ballot is not BallotShape.SHEETS:
            on_cards = self.ballot is BallotShape.CARDS
            answered = fan.answers.cards if on_cards else fan.answers.duels
            return tuple(n in answered for n in range(1, len(self.photos) // (1 if on_cards else 2) + 1))
        return tuple(n in fan.pages for n in range(1, -(-len(self.photos) // self.page_size) + 1))

    def _strip(self, fan: Fan) -> Strip:
        total = len(self.photos)
        seen = sum(min(self.page_size, total - (n - 1) * self.page_size) for n in fan.pages)
        if self.ballot is not BallotShape.SHEETS:
            pages = self._pages(fan)
            seen, total = sum(pages), len(pages)
        return Strip(
            1, 3, self.state, self.closes_at, self.clock(), seen, total, len(self._picks(fan)), LOOKS,
            self.ballot.value,
        )  # fmt: skip

    def _page(self, fan: Fan, page: int | None) -> Sheet | CardPage | DuelPage:
        if self.ballot is BallotShape.SHEETS:
            return self._sheet(fan, page)
        pages = self._pages(fan)
        page = page or next((n for n, seen in enumerate(pages, 1) if not seen), 1)
        if page > len(pages):
            raise RuleError("page.unknown", t("There is no page {n}.", n=page))
        strip = self._strip(fan)
        if self.ballot is BallotShape.CARDS:
            return card_page(fan.answers, strip, page, len(pages), self._tile(fan, page), self.closed)
        sides = (self._side(fan, page, 1), self._side(fan, page, 2))
        return duel_page(fan.answers, strip, page, len(pages), sides, self.closed)

    def _side(self, fan: Fan, page: int, side: int) -> Tile:
        press = f"prefer:{2 * page - 1}:{2 * page}:{side}"
        picked = fan.answers.duels.get(page) == side
        return replace(self._tile(fan, 2 * page - 2 + side), picked=picked, press=press)

    def _sheet(self, fan: Fan, page: int | None) -> Sheet:
        pages = self._pages(fan)
        page = page or next((n for n, seen in enumerate(pages, 1) if not seen), 1)
        if page > len(pages):
            raise RuleError("page.unknown", t("There is no page {n}.", n=page))
        first = (page - 1) * self.page_size
        numbers = range(first + 1, min(first + self.page_size, len(self.photos)) + 1)
        tiles = tuple(self._tile(fan, n) for n in numbers)
        undo = "undo" if fan.undo else None
        return Sheet(self._strip(fan), "Spring", page, pages, tiles, f"finish:{page}", undo, self.closed)

    def _design(self, fan: Fan, number: int) -> DesignView:
        if not 1 <= number <= len(self.photos):
            raise RuleError("design.unknown", t("There is no {number} here.", number=Numbers((number,))))
        said = tuple(i for i in self.items if isinstance(i, Remark) and i.number == number)
        facts = (verbatim("dress"), verbatim("sage green"), tn("{n} comment", "{n} comments", len(said)))
        page = (number - 1) // self.page_size + 1
        sold = any(presale.number == number for presale in self.presales)
        view = DesignView(
            self._tile(fan, number), facts, said, self._strip(fan), page, self.closed, presale=sold
        )
        if self.ballot is BallotShape.CARDS:
            return on_card(view, fan.answers)
        return replace(view, tile=replace(view.tile, press="")) if self.ballot is BallotShape.DUELS else view

    def _feed(self, fan: Fan, before: datetime | None) -> Feed:
        moderates = Role.MODERATOR in fan.roles
        items = [
            replace(i, hideable=moderates) if isinstance(i, Remark) else i
            for i in self.items
            if before is None or i.at < before
        ]
        older = items[-40].at if len(items) > 40 else None
        strip = None if self.state == "none" else self._strip(fan)
        shown = tuple(items[-40:])
        open_ = sum(presale.closed is None for presale in self.presales)
        return Feed(
            GROUP, "Spring room", "Europe/Berlin", shown, strip, self.cursor, older, self.groups, open_,
            sum(isinstance(i, Notice) for i in self.items),
        )  # fmt: skip
