"""Commands about oneself: coming in, one's accounts, language and data."""

from bot.port import Answer, Choice, Command, Reply
from bot.service import groups, people, privacy
from bot.service.commands.row import Counter, Row
from bot.service.shop import known, language_for
from bot.text import t, verbatim

_TONGUES = (("en", "English"), ("fr", "Français"), ("zh", "中文"))


async def _enter(at: Counter, c: Command) -> Reply:
    return await people.enter(at.shop, c.actor, c.args, c.group)


async def _claim(at: Counter, c: Command) -> Reply:
    return await people.claim(at.shop, c.actor, c.args)


async def _setup(at: Counter, c: Command) -> Reply:
    return await groups.join_campaign(at.shop, c)


async def _link(at: Counter, c: Command) -> Reply:
    return await people.link(at.shop, c.actor, c.args)


async def _unlink(at: Counter, c: Command) -> Reply:
    return await people.unlink(at.shop, c.actor)


async def _language(at: Counter, c: Command) -> Reply:
    """Change the language, or offer those there are, each by its own name."""
    if not c.args.strip():
        async with at.shop.store.read() as tx:
            person = await known(tx, c.actor)
        title = t("Which language shall we speak?")
        choices = tuple(Choice(verbatim(name), f"/language {code}") for code, name in _TONGUES)
        return Reply(title, Answer(title, choices=choices), language=language_for(person, c.actor))
    return await people.set_language(at.shop, c.actor, c.args)


async def _me(at: Counter, c: Command) -> Reply:
    return await people.me(at.shop, c.actor)


async def _forget(at: Counter, c: Command) -> Reply:
    return await privacy.forget(at.shop, c.actor, c.args)


ROWS = {
    "enter": Row(_enter),
    "claim": Row(_claim),
    "setup": Row(_setup),
    "link": Row(_link, (t("/link joins your accounts, so that you are one fan everywhere."),)),
    "unlink": Row(_unlink, (t("/unlink parts them again."),)),
    "language": Row(_language, (t("/language fr: en, fr or zh."),)),
    "me": Row(_me, (t("/me shows what we know of you."),)),
    "forget": Row(_forget, (t("/forget takes out your name and words, and cancels your orders."),)),
}
