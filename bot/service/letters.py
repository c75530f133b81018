"""A notice as a private chat shows it: by its reader's clock, a summary with what can be done about it."""

from bot.i18n import language_of
from bot.port import Actor, Reply
from bot.service import clocks, summary
from bot.service.commands import results
from bot.service.wire import load_text
from bot.storage import campaigns, people, rounds
from bot.storage.notices import LetterRow
from bot.storage.store import Tx


async def compose(tx: Tx, platform: str, letter: LetterRow) -> Reply:
    """Compute what a letter says to the account it goes to, now."""
    text, language = load_text(letter.text), language_of(letter.language)
    person = await people.find_person(tx, platform, letter.remote_id)
    round_id = summary.round_of(letter.go)
    round_ = await rounds.round_by_id(tx, round_id) if round_id is not None else None
    if round_ is not None and person is not None and person.may(*results.STAFF):
        campaign = await campaigns.campaign_by_id(tx, round_.campaign_id)
        screen = await results.minute(tx, person, campaign, round_)
        if screen is not None:
            return Reply(text, screen, language=language, zone=campaign.zone.key)
    zone = await clocks.clock_of(tx, Actor(platform, letter.remote_id, ""))
    return Reply(text, language=language, zone=zone)
