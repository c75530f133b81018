"""The commands: one table of `/name args`, the same words on every surface. `row.py` says what a row is."""

from collections.abc import Mapping

from bot.errors import RuleError
from bot.port import Answer, Command, Reply, Role
from bot.service.commands import ballot, person
from bot.service.commands.row import Counter, Row
from bot.service.shop import language_for
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
    return await row.do(counter, command)


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


COMMANDS: Mapping[str, Row] = {**ballot.ROWS, **person.ROWS, "help": Row(_help)}
