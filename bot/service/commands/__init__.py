"""The commands: one table of `/name args`, the same words on every surface. `row.py` says what a row is."""

from collections.abc import Mapping

from bot.errors import RuleError
from bot.port import Answer, Command, Reply, Role
from bot.service.commands import ballot, cut, mod, order, person, results, rounds, standing
from bot.service.commands.here import Asks
from bot.service.commands.row import Counter, Row
from bot.service.shop import check_event, known, language_for
from bot.storage import people
from bot.text import t


async def run(counter: Counter, command: Command) -> Reply:
    """Do what `/name args` asks; raises RuleError for a name we do not know and for who may not."""
    row = COMMANDS.get(command.name)
    if row is None:
        raise RuleError(
            "command.unknown",
            t("There is no /{name} here. Say /help for what there is.", name=command.name[:20]),
        )
    check_event(command.event_id)
    if Role.FAN not in row.roles:
        await _check(counter, command, row)
    try:
        return await row.do(counter, command)
    except Asks as asked:
        return asked.reply


async def _check(at: Counter, c: Command, row: Row) -> None:
    """Refuse who may not say a command, before anything is said about how to say it."""
    async with at.shop.store.read() as tx:
        who = await known(tx, c.actor)
    if not who.may(*row.roles):
        raise RuleError("role.missing", t("/{name} is for the people who run this shop.", name=c.name))


async def _help(at: Counter, c: Command) -> Reply:
    """List the commands by what this account may do; who is not known yet is told what fans may."""
    async with at.shop.store.read() as tx:
        who = await people.find_person(tx, c.actor.platform, c.actor.remote_id)
    lines = [t("#067 and a few words comments on a design.")]
    for row in COMMANDS.values():
        if who.may(*row.roles) if who else Role.FAN in row.roles:
            lines.extend(row.says)
    title = t("What you can say here")
    return Reply(title, Answer(title, tuple(lines)), language=language_for(who, c.actor))


COMMANDS: Mapping[str, Row] = {
    **standing.ROWS,
    **results.ROWS,
    **ballot.ROWS,
    **order.ROWS,
    **person.ROWS,
    **rounds.ROWS,
    **cut.ROWS,
    **mod.ROWS,
    "help": Row(_help),
}
