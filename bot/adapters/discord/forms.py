"""Forms that ask for words: a comment with reasons to tick, a design's number, why a comment is hidden."""

import re
from collections.abc import Mapping
from typing import Any

from discord import Interaction

from bot.adapters.discord.files import sent
from bot.adapters.discord.shown import Part
from bot.adapters.discord.window import Form, fields
from bot.adapters.discord.words import cut
from bot.errors import RuleError
from bot.i18n import Reader, listed, number, render
from bot.port import REASONS, Sent
from bot.port.places import FIND, SAY, Place, data
from bot.port.words import reason_words
from bot.text import Text, t, verbatim

TITLE_LETTERS, LABEL_LETTERS, FIELD_LETTERS = 45, 45, 100
"""How long a form's title, a field's label and its hint may be: Discord's API."""

COMMENT_LETTERS, REASON_LETTERS = 2000, 200

_NUMBER, _REASONS, _WORDS, _SHOWN = "number", "reasons", "words", "photo"
_PHOTO: Part = {"type": 19, "custom_id": _SHOWN, "min_values": 0, "max_values": 1, "required": False}
_DIGITS = re.compile(r"\s*#?(\d{1,4})\s*")


def comment(about: int | None, place: Place, reader: Reader) -> Form:
    """Ask for words about a design, and where it is not named yet for its number."""
    title = number(about) if about else render(t("Comment"), reader)
    ask = [] if about else [_number(reader)]
    reasons = [{"value": key, "label": render(reason_words(key), reader)} for key in REASONS]
    ticks = {
        "type": 22,
        "custom_id": _REASONS,
        "options": reasons,
        "min_values": 0,
        "max_values": len(reasons),
        "required": False,
    }
    hint = t("longer sleeves please")
    words = _text(_WORDS, reader, hint, long=True, most=COMMENT_LETTERS, needed=False)
    fields = [
        *ask,
        _label(t("What is it about?"), ticks, reader),
        _label(t("What would make it better?"), words, reader),
        _label(t("A photo that shows it"), _PHOTO, reader),
    ]
    return _form(title, data("", place), fields)


def comment_of(given: Mapping[str, Any], reader: Reader) -> str:
    """Put together what was ticked and written, as one would say it."""
    ticked = [key for key in given.get(_REASONS) or [] if key in REASONS]
    about = listed([render(reason_words(key), reader) for key in ticked], reader)
    return ": ".join(part for part in (about, str(given.get(_WORDS) or "").strip()) if part)


def find(reader: Reader) -> Form:
    """Ask for a design's number."""
    return _form(render(t("Find a design"), reader), data("", Place(FIND)), [_number(reader)])


def attach(carries: str, words: str, reader: Reader) -> Form:
    """Ask which design a message is about; its words are shown."""
    said = _text(_WORDS, reader, t("What was said"), long=True, most=COMMENT_LETTERS)
    fields = [_number(reader), _label(t("What was said"), {**said, "value": words}, reader)]
    return _form(render(t("Which design is this about?"), reader), carries, fields)


def hide(carries: str, reader: Reader) -> Form:
    """Ask why a comment is to be hidden."""
    hint = t("Its author reads this.")
    why = _text(_WORDS, reader, hint, most=REASON_LETTERS)
    return _form(render(t("Hide this comment"), reader), carries, [_label(t("Why"), why, reader)])


def number_of(given: Mapping[str, Any]) -> int:
    """Read a design's number; raises RuleError for anything else."""
    found = _DIGITS.fullmatch(str(given.get(_NUMBER) or ""))
    if found is None:
        raise RuleError("form.number", t("That is not a design’s number. Write it like 067."))
    return int(found[1])


def photo_of(interaction: Interaction) -> Sent | None:
    """Find the photo that was sent with a form."""
    data: Any = interaction.data
    lie = data.get("resolved", {}).get("attachments", {})
    found = next((lie[one] for one in fields(interaction).get(_SHOWN) or [] if one in lie), None)
    if found is None:
        return None
    return sent(interaction.client, found["filename"], found["url"], found["size"])


def words_of(given: Mapping[str, Any]) -> str:
    return str(given.get(_WORDS) or "").strip()


def asks_number(place: Place) -> bool:
    """Say whether a form had to ask which design it is about."""
    return place.kind == SAY and place.number(2) is None


def _number(reader: Reader) -> Part:
    field = _text(_NUMBER, reader, verbatim("067"), most=5)
    return _label(t("The number on the photo"), field, reader)


def _text(
    name: str, reader: Reader, hint: Text, *, most: int, long: bool = False, needed: bool = True
) -> Part:
    placeholder = cut(render(hint, reader), FIELD_LETTERS)
    return {"type": 4, "custom_id": name, "style": 2 if long else 1, "placeholder": placeholder,
            "max_length": most, "required": needed}  # fmt: skip


def _label(text: Text, field: Part, reader: Reader) -> Part:
    return {"type": 18, "label": cut(render(text, reader), LABEL_LETTERS), "component": field}


def _form(title: str, carries: str, fields: list[Part]) -> Form:
    return Form(cut(title, TITLE_LETTERS), carries, fields)
