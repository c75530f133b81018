"""What a tap is answered with: one short line, at once."""

from bot.adapters.telegram.words import toast
from bot.i18n import Reader, render
from bot.port import BallotView, Reply
from bot.port.places import BALLOT, NEXT, Place
from bot.port.words import picks_words, seen_words
from bot.text import t


def pressed(reply: Reply, place: Place | None, reader: Reader) -> str:
    """Say what a press did, how many picks there are now, and the page it was made on."""
    said = render(reply.text, reader) if reply.text else render(t("Done"), reader)
    heart = "❤️ " if any(picked for _, picked in reply.picked) else ""
    picks = picks_words(reply.strip) if reply.strip else None
    return toast(heart + said, render(picks, reader) if picks else "", _page(place))


def _page(place: Place | None) -> str:
    if place is None or place.kind not in (BALLOT, NEXT) or not (place.number(0) and place.number(1)):
        return ""
    return f"{place.number(0)}/{place.number(1)}"


def mine(view: BallotView, reader: Reader) -> str:
    """Say how far the ballot is."""
    picks = picks_words(view.strip)
    return toast(render(seen_words(view.strip), reader), render(picks, reader) if picks else "")
