"""The `catwalk` command line: every sentence in the language of the terminal, every refusal an exit code.

Exit codes: 0 done, 1 something is not well (doctor), 2 refused (settings, files, rules).
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import uvloop
from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bot import loading, log
from bot.errors import ConfigError, Problem, RuleError
from bot.i18n import Reader, language_of, render
from bot.intake.read import CampaignFile, read_campaign
from bot.port import Role
from bot.rounds import engine
from bot.rounds.model import Round
from bot.service import designs, doctor, people, rounds
from bot.service.shop import Shop
from bot.settings import Settings
from bot.settings import load as load_settings
from bot.storage import campaigns, schema
from bot.storage import rounds as stored_rounds
from bot.storage.store import DATABASE_ERRORS, Store
from bot.text import Text, t, tn

READER = Reader(
    language_of(*(os.environ.get(n, "").split(".")[0] for n in ("LC_ALL", "LC_MESSAGES", "LANG")))
)

Command = Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, int]]
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # it has no public name


def say(text: Text) -> None:
    """Write a sentence to the person at the terminal."""
    sys.stdout.write(render(text, READER) + "\n")
    sys.stdout.flush()


def tell(problem: Problem) -> None:
    """Write what is wrong and where to the error stream."""
    sys.stderr.write(f"{problem.place}: {render(problem.text, READER)}\n")


# ------------------------------------------------------------------ the installation


async def _run(args: argparse.Namespace, settings: Settings) -> int:
    from bot import main

    def started(url: str | None) -> None:
        if url is not None:
            say(t("The room is open at {url}", url=url))
        else:
            say(t("This worker listens nowhere. It keeps the time and tells the groups, until Ctrl-C."))

    await main.run(settings, args.role, started)
    return 0


async def _migrate(_args: argparse.Namespace, settings: Settings) -> int:
    store = Store(settings.database.url)
    try:
        before, after = await schema.migrate(store)
    finally:
        await store.close()
    if before == after:
        say(t("The database is at revision {revision} already.", revision=after))
    else:
        say(t("The database is at revision {revision} now.", revision=after))
    return 0


async def _doctor(args: argparse.Namespace, settings: Settings) -> int:
    store = Store(settings.database.url)
    try:
        found = await doctor.examine(store, settings.photos.folder, recount=args.recount)
    finally:
        await store.close()
    if settings.secret is None:
        found.append(doctor.Finding(False, t("CATWALK_SECRET is not set: catwalk run needs it.")))
    for finding in found:
        sys.stdout.write(f"{'ok ' if finding.well else '!! '} {render(finding.text, READER)}\n")
    return 0 if all(f.well for f in found) else 1


# ------------------------------------------------------------------ designs in


@contextmanager
def photos_bar(label: Text) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on a terminal while the block runs; yields what to tell it (done, in all)."""
    columns = (TextColumn(render(label, READER)), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield progress


async def _check(args: argparse.Namespace, settings: Settings) -> int:
    with tempfile.TemporaryDirectory() as staging, photos_bar(t("Photos")) as progress:
        limits = loading.limits_of(settings.photos)
        file = read_campaign(args.path, Path(staging), limits=limits, progress=progress)
    _describe(file)
    say(t("All good. Load it with: catwalk campaign load {path}", path=str(args.path)))
    return 0


def _describe(file: CampaignFile) -> None:
    for warning in file.warnings:
        tell(warning)
    say(
        t(
            "{title}: {designs}, {rounds}",
            title=file.title,
            designs=tn("{n} design", "{n} designs", len(file.designs)),
            rounds=tn("{n} round", "{n} rounds", len(file.rounds)),
        )
    )


async def _load(args: argparse.Namespace, settings: Settings) -> int:
    store = Store(settings.database.url)
    try:
        with photos_bar(t("Photos")) as progress:
            file, loaded = await loading.load_campaign(args.path, settings.photos, store, progress=progress)
    finally:
        await store.close()
    _describe(file)
    if loaded.new:
        say(t("Loaded. Round 1 is a draft: schedule it on the desk, or with: catwalk round schedule"))
    else:
        say(t("This campaign was loaded before. Nothing changed."))
    return 0


# ------------------------------------------------------------------ people and groups


def _shop(settings: Settings) -> Shop:
    return Shop(Store(settings.database.url), settings.need_secret().encode(), settings.room.by_name)


async def _owner_invite(_args: argparse.Namespace, settings: Settings) -> int:
    shop = _shop(settings)
    try:
        await schema.check_current(shop.store)
        issued = await people.invite_role(shop, Role.OWNER, None)
    finally:
        await shop.store.close()
    say(t("Open this link once, within two days, to own the shop:"))
    sys.stdout.write(f"{settings.room.url}/claim?code={issued.code}\n")
    return 0


async def _room_add(args: argparse.Namespace, settings: Settings) -> int:
    shop = _shop(settings)
    try:
        await schema.check_current(shop.store)
        room = await people.add_room(shop, args.name, args.title or args.name, READER.language)
    finally:
        await shop.store.close()
    say(t("The room {name} is there. Invite fans with: catwalk room invite {name}", name=room.remote_id))
    return 0


async def _room_invite(args: argparse.Namespace, settings: Settings) -> int:
    shop = _shop(settings)
    try:
        await schema.check_current(shop.store)
        issued = await people.invite_fans(shop, args.name, args.uses, None)
    finally:
        await shop.store.close()
    say(t("Whoever opens this link comes in:"))
    sys.stdout.write(f"{settings.room.url}/enter?code={issued.code}\n")
    return 0


async def _group_code(args: argparse.Namespace, settings: Settings) -> int:
    shop = _shop(settings)
    try:
        await schema.check_current(shop.store)
        async with shop.store.read() as tx:
            campaign = await campaigns.find_campaign(tx, args.campaign)
        if campaign is None:
            raise RuleError("campaign.unknown", t("There is no campaign {key}.", key=args.campaign))
        issued = await people.invite_group(shop, campaign, None)
    finally:
        await shop.store.close()
    say(t("Say this in the group that is to join, within seven days:"))
    sys.stdout.write(f"/setup {issued.code}\n")
    return 0


async def _round(args: argparse.Namespace, settings: Settings) -> int:
    steps = {
        "schedule": rounds.schedule,
        "open": rounds.open_round,
        "pause": rounds.pause,
        "resume": rounds.resume,
        "close": rounds.close,
    }
    store = Store(settings.database.url)
    try:
        await schema.check_current(store)
        round_ = await _find_round(store, args.campaign, args.number)
        after = await steps[args.step](store, round_.id, rounds.By(reason="command line"))
    finally:
        await store.close()
    say(t("Round {number} is {state} now.", number=after.number, state=engine.named(after.state)))
    return 0


async def _find_round(store: Store, key: str, number: int) -> Round:
    async with store.read() as tx:
        campaign = await campaigns.find_campaign(tx, key)
        found = await stored_rounds.rounds_of(tx, campaign.id) if campaign else []
    if round_ := engine.counting(found, number):
        return round_
    raise RuleError("round.unknown", t("There is no round {number} of {key}.", number=number, key=key))


async def _demo(args: argparse.Namespace, settings: Settings) -> int:
    from bot import showroom

    wish = showroom.Wish(args.speed, args.seed, args.fans, args.photos, args.port, args.data)
    with _line() as line:
        await showroom.show(wish, settings, showroom.Terminal(say, line, photos_bar))
    return 0


@contextmanager
def _line() -> Iterator[Callable[[Text | None], None]]:
    """Keep one line at the bottom of a terminal, until it is told None; elsewhere it is left out."""
    console = Console(stderr=True)
    live = Live(console=console, transient=True, auto_refresh=False)

    def show(text: Text | None) -> None:
        if text is None:
            live.stop()
        elif console.is_terminal:
            live.start()
            live.update(render(text, READER), refresh=True)

    try:
        yield show
    finally:
        live.stop()


# ------------------------------------------------------------------ the words themselves


def _parser() -> argparse.ArgumentParser:
    def words(text: Text) -> str:
        return render(text, READER).replace("%", "%%")

    parser = argparse.ArgumentParser(
        prog="catwalk", description=words(t("Fans decide what a shop makes, before anything is made."))
    )
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(parent: Verbs, name: str, text: Text, do: Command | None) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = parent.add_parser(name, help=words(text), description=words(text))
        if do is not None:
            made.set_defaults(do=do)
        return made

    def family(name: str, text: Text) -> Verbs:
        verb = add(verbs, name, text, None)
        return verb.add_subparsers(required=True, metavar="COMMAND")

    run = add(verbs, "run", t("start whatever is configured, until Ctrl-C or SIGTERM"), _run)
    run.add_argument(
        "--role",
        choices=("all", "web", "worker"),
        default="all",
        help=words(t("web serves pages, worker keeps the time and tells the groups, all does both")),
    )
    add(verbs, "migrate", t("bring the database to this release's tables"), _migrate)
    looked = add(verbs, "doctor", t("look the installation over and say what to mend"), _doctor)
    recounts = words(t("recount the votes of every round and compare the tallies; changes nothing"))
    looked.add_argument("--recount", action="store_true", help=recounts)
    campaign = family("campaign", t("designs in"))
    for name, text, do in (
        ("check", t("check a campaign's folder or zip and change nothing"), _check),
        ("load", t("check a campaign's folder or zip and load it"), _load),
    ):
        add(campaign, name, text, do).add_argument("path", type=Path, metavar="DIR")
    add(
        family("owner", t("who owns the shop")),
        "invite",
        t("make a one-time link that gives the shop an owner"),
        _owner_invite,
    )
    room = family("room", t("groups of the browser room"))
    added = add(room, "add", t("add a group to the room"), _room_add)
    added.add_argument("name")
    added.add_argument("--title")
    invited = add(room, "invite", t("make an invitation link for fans"), _room_invite)
    invited.add_argument("name", nargs="?", default=designs.FIRST_ROOM)
    invited.add_argument("--uses", type=int, help=words(t("how many fans it lets in; any number without it")))
    group = add(
        family("group", t("groups on chat platforms")),
        "code",
        t("make the code with which a group joins a campaign"),
        _group_code,
    )
    group.add_argument("campaign")
    step = add(verbs, "round", t("schedule, open, pause, resume or close a round"), _round)
    step.add_argument("step", choices=("schedule", "open", "pause", "resume", "close"))
    step.add_argument("campaign")
    step.add_argument("number", type=int)
    demo = add(
        verbs,
        "demo",
        t("play a season in a room: drawn designs, simulated fans, presales"),
        _demo,
    )
    demo.add_argument(
        "--speed", type=float, default=1000.0, help=words(t("how much faster than life the clock runs"))
    )
    demo.add_argument(
        "--seed", type=int, default=7, help=words(t("which season is drawn and who the fans are"))
    )
    demo.add_argument("--fans", type=int, default=240, help=words(t("how many simulated fans vote")))
    demo.add_argument("--photos", type=Path, help=words(t("a folder of photos to use instead of drawings")))
    demo.add_argument("--port", type=int, default=8000, help=words(t("where the room listens")))
    demo.add_argument(
        "--data", type=Path, help=words(t("keep the demo in this folder and go on with it next time"))
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = _parser().parse_args(argv)
    try:
        settings = load_settings()
        secret = settings.secret.get_secret_value() if settings.secret else ""
        # The demo talks to its visitor: what is well need not be logged between those lines.
        level = "warning" if args.do is _demo else settings.log.level
        log.configure(level=level, shape=settings.log.format, secret=secret)
        code: int = uvloop.run(args.do(args, settings))
        return code
    except ConfigError as error:
        for problem in error.problems:
            tell(problem)
    except RuleError as error:
        sys.stderr.write(render(error.text, READER) + "\n")
    except DATABASE_ERRORS as error:
        tell(_database_or_disk(error))
    except KeyboardInterrupt:
        return 130
    return 2


def _database_or_disk(error: BaseException) -> Problem:
    if isinstance(error, OSError) and error.filename:
        reason = error.strerror or type(error).__name__
        return Problem(str(error.filename), t("This file cannot be used: {reason}.", reason=reason))
    cause = type(error.__cause__ or error).__name__
    return Problem(
        "CATWALK_DATABASE__URL",
        t(
            "The database does not answer ({reason}). Check the URL and that it runs: catwalk doctor",
            reason=cause,
        ),
    )


if __name__ == "__main__":
    sys.exit(main())
