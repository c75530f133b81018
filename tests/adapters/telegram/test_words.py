"""Words on Telegram: nothing that was written is markup, and nothing is too long."""

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.words import CAPTION_LETTERS, TOAST_LETTERS, bold, fit, html, letters, toast
from bot.i18n import Reader
from bot.text import verbatim

READER = Reader()
LINES = st.lists(st.text(max_size=300), max_size=12)


def units(words: str) -> int:
    return len(words.encode("utf-16-le", errors="surrogatepass")) // 2


def test_what_people_write_is_never_markup() -> None:
    assert html(verbatim("<b>&</b>"), READER) == "&lt;b&gt;&amp;&lt;/b&gt;"
    assert bold(verbatim("<script>"), READER) == "<b>&lt;script&gt;</b>"


@given(LINES, LINES)
def test_a_message_is_never_longer_than_telegram_takes(head: list[str], details: list[str]) -> None:
    said = fit([html(verbatim(w), READER) for w in head], [html(verbatim(w), READER) for w in details], 1024)
    assert letters(said) <= CAPTION_LETTERS


def test_details_that_do_not_fit_are_left_out_whole() -> None:
    said = fit(["head"], [f"line {n}" for n in range(500)], 100)
    assert said.startswith("head\n<blockquote expandable>line 0\n")
    assert said.endswith("\n…</blockquote>")


@given(st.lists(st.text(max_size=150), max_size=4))
def test_a_toast_is_never_longer_than_telegram_takes(parts: list[str]) -> None:
    assert units(toast(*parts)) <= TOAST_LETTERS


def test_a_heart_counts_as_telegram_counts_it() -> None:
    assert letters("<b>👗</b>&amp;") == 3
