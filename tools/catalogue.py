"""Collect the texts to translate, and check what was translated.

    catalogue.py update   bring bot/locale/*/LC_MESSAGES/catwalk.po to the texts of the code
    catalogue.py check    print what is missing, superfluous or wrong; exit 1 when anything is

Texts are the literal arguments of `t("…")` and `tn("…", "…", n)` in Python and in templates. A catalogue
holds no dates, no line numbers and no names, so that it changes only when a text does.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = {"fr": "fr", "zh": "zh_Hans"}
"""Our languages but the source, and Babel's locale for each."""

KEYWORDS = {"t": None, "tn": (1, 2)}

_HEADER = """\
# Catwalk's texts. `make catalogue` adds and removes texts; the translations are written by hand.
msgid ""
msgstr ""
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def path_of(language: str, root: Path = ROOT) -> Path:
    """Name a language's catalogue."""
    return root / "bot" / "locale" / language / "LC_MESSAGES" / "catwalk.po"


# ------------------------------------------------------------------ what the code says


def sources(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """List the files that say something, each with Babel's method for it."""
    for path in sorted((root / "bot").rglob("*")):
        if path.suffix == ".py":
            yield path, "python"
        elif path.suffix in {".html", ".js", ".txt"} and "templates" in path.parts:
            yield path, "jinja2.ext:babel_extract"


def template(root: Path = ROOT) -> Catalog:
    """Collect every text in the code, with the files that say it."""
    texts = Catalog(charset="utf-8")
    for path, method in sources(root):
        place = path.relative_to(root).as_posix()
        options = {"trimmed": "false", "silent": "false", "encoding": "utf-8"}
        with path.open("rb") as f:
            for line, message, _, _ in extract(method, f, KEYWORDS, ("l10n:",), options, True):
                texts.add(message, locations=[(place, line)])
    return texts


# ------------------------------------------------------------------ bringing catalogues up to date


def updated(language: str, root: Path = ROOT) -> str:
    """Write a language's catalogue with the texts of the code and the translations it has."""
    locale = LOCALES[language]
    known = read(language, root) if path_of(language, root).exists() else Catalog()
    written = Catalog(locale=locale, charset="utf-8")
    for message in template(root):
        if message.id:
            places = sorted({(place, 1) for place, _ in message.locations})
            before = known.get(message.id) or message
            flags = before.flags & {"fuzzy"}
            written.add(message.id, before.string, places, flags, message.auto_comments, before.user_comments)
    out = io.BytesIO()
    write_po(out, written, width=110, omit_header=True, sort_by_file=True, include_lineno=False)
    plural_forms = written.plural_forms
    header = _HEADER.format(locale=locale, plural_forms=plural_forms)
    return header + out.getvalue().decode().strip() + "\n"


def read(language: str, root: Path = ROOT) -> Catalog:
    """Read a language's catalogue as the program does."""
    with path_of(language, root).open("rb") as f:
        return read_po(f, locale=language)


def update(root: Path = ROOT) -> None:
    """Bring every catalogue to the texts of the code."""
    for language in LOCALES:
        path = path_of(language, root)
        words = updated(language, root)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")
        left = sum(bool(m.id) and not all(forms(m)) for m in read(language, root))
        print(f"{path.relative_to(root)}: {len(read(language, root))} texts, {left} to translate.")


# ------------------------------------------------------------------ checking them


def problems(language: str, root: Path = ROOT) -> list[str]:
    """List all that is wrong with a language's catalogue."""
    if not path_of(language, root).exists():
        return ["There is no catalogue. Run `make catalogue`."]
    catalogue = read(language, root)
    wrong = [f"{words!r}: {why}" for m in catalogue if m.id for words, why in _problems(m, catalogue)]
    if path_of(language, root).read_text(encoding="utf-8") != updated(language, root):
        wrong.append("The texts are not those of the code. Run `make catalogue`.")
    return wrong


def _problems(message: Message, catalogue: Catalog) -> Iterator[tuple[str, str]]:
    one, *plural = [message.id] if isinstance(message.id, str) else message.id
    many = plural[0] if plural else one
    wanted = catalogue.num_plurals if plural else 1
    translated = forms(message)
    if message.fuzzy:
        yield one, "is marked fuzzy"
    if len(translated) != wanted:
        yield one, f"has {len(translated)} forms instead of {wanted}"
    for number, words in enumerate(translated):
        allowed = [holes(many), holes(one)] if number == 0 and wanted > 1 else [holes(many)]
        if not words:
            yield one, "is not translated"
        elif holes(words) not in allowed:
            yield one, f"has other holes in {words!r}"


def forms(message: Message) -> list[str]:
    """List a message's translations, one for each plural form."""
    return [message.string] if isinstance(message.string, str) else [*(message.string or ())]


def holes(words: str) -> frozenset[str] | None:
    """Name the `{holes}` of a text; None where its braces are broken or say more than a name."""
    try:
        found = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(words)]
    except ValueError:
        return None
    named = {name for name, _, _ in found if name is not None}
    plain = all(name.isidentifier() for name in named) and not any(spec or how for _, spec, how in found)
    return frozenset(named) if plain else None


def main() -> int:
    """Do what the argument says; return the exit code."""
    if sys.argv[1:] == ["update"]:
        update()
        return 0
    wrong = [f"{language}: {words}" for language in LOCALES for words in problems(language)]
    print("\n".join(wrong[:40]) or "Every text is translated.")
    if len(wrong) > 40:
        print(f"and {len(wrong) - 40} more.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
