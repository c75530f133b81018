"""Money: whole minor units, one currency, exactly what was put in."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import LANGUAGES, Reader, render
from bot.money import EXPONENTS, Money, from_major, total
from bot.service.wire import dump_text, load_text
from bot.text import t

minors = st.integers(-(10**12), 10**12)
currencies = st.sampled_from(sorted(EXPONENTS))
NB, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


@given(minors, minors, st.integers(0, 10_000), currencies)
def test_it_counts_as_whole_numbers_do(a: int, b: int, n: int, currency: str) -> None:
    assert Money(a, currency) + Money(b, currency) == Money(a + b, currency)
    assert Money(a, currency) - Money(b, currency) == Money(a - b, currency)
    assert Money(a, currency) * n == n * Money(a, currency) == Money(a * n, currency)
    assert (Money(a, currency) < Money(b, currency)) == (a < b)
    assert (Money(a, currency) <= Money(b, currency)) == (a <= b)
    assert (Money(a, currency) > Money(b, currency)) == (a > b)
    assert (Money(a, currency) >= Money(b, currency)) == (a >= b)


@given(st.lists(minors), currencies)
def test_a_sum_is_the_sum(amounts: list[int], currency: str) -> None:
    assert total((Money(a, currency) for a in amounts), currency) == Money(sum(amounts), currency)


@given(minors, currencies)
def test_major_units_are_exact(minor: int, currency: str) -> None:
    assert from_major(Money(minor, currency).amount, currency) == Money(minor, currency)


@pytest.mark.parametrize("value", [1.0, 0.1, Decimal(1), True, "1", None])
def test_only_whole_numbers_are_money(value: object) -> None:
    with pytest.raises(TypeError):
        Money(value, "EUR")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(100, "EUR") * value  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(100, "EUR") + value  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(100, "EUR") < value  # type: ignore[operator] # noqa: B015


def test_currencies_do_not_mix() -> None:
    euro, yen = Money(100, "EUR"), Money(100, "JPY")
    assert euro != yen
    for operate in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__, Money.__gt__, Money.__ge__):
        with pytest.raises(ValueError, match="do not mix"):
            operate(euro, yen)
    with pytest.raises(ValueError, match="do not mix"):
        total([euro, yen], "EUR")


@pytest.mark.parametrize("code", ["", "eur", "EURO", "ZZZ", "€"])
def test_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no currency"):
        Money(1, code)


@pytest.mark.parametrize(
    ("amount", "currency"), [("0.005", "EUR"), ("1.5", "JPY"), ("0.0001", "KWD"), ("1.5", "XTR")]
)
def test_an_amount_finer_than_its_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="too many decimals"):
        from_major(Decimal(amount), currency)


@pytest.mark.parametrize("amount", [1.0, True])
def test_a_float_is_no_amount(amount: float) -> None:
    with pytest.raises(TypeError):
        from_major(amount, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money(11000, "EUR"), ("€110", f"110{NB}€", "€110")),
        (Money(11050, "EUR"), ("€110.50", f"110,50{NB}€", "€110.50")),
        (Money(1234500, "CNY"), ("CN¥12,345", f"12{NARROW}345{NB}CNY", "¥12,345")),
        (Money(300, "JPY"), ("¥300", f"300{NB}JPY", "JP¥300")),
        (Money(50, "XTR"), (f"XTR{NB}50", f"50{NB}XTR", f"XTR{NB}50")),
        (Money(1234567, "KWD"), (f"KWD{NB}1,234.567", f"1{NARROW}234,567{NB}KWD", f"KWD{NB}1,234.567")),
        (Money(-11000, "EUR"), ("-€110", f"-110{NB}€", "-€110")),
    ],
)
def test_each_reader_sees_it_as_they_write_it(amount: Money, written: tuple[str, ...]) -> None:
    assert tuple(render(t("{price}", price=amount), Reader(language)) for language in LANGUAGES) == written


@given(minors, currencies)
def test_it_is_kept_in_a_text(minor: int, currency: str) -> None:
    text = t("{price}", price=Money(minor, currency))
    assert load_text(dump_text(text)) == text
