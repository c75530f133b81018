"""Amounts of money: whole minor units and a currency, never a float, never two currencies mixed.

The exponents are our own (ISO 4217, and Telegram's Stars): libraries disagree about some of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

_BY_EXPONENT = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF XTR",
    2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG "
    "HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR "
    "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK "
    "SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD "
    "YER ZAR ZMW",
    3: "BHD IQD JOD KWD LYD OMR TND",
}

EXPONENTS = {code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()}
"""How many decimals each currency has: 2 for EUR, 0 for JPY, 3 for KWD."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units: `Money(11050, "EUR")` is 110.50 euros.

    Floats and unknown currencies raise when it is made; adding or comparing two currencies raises.
    """

    minor: int
    currency: str
    kind: Literal["money"] = "money"

    def __post_init__(self) -> None:
        _check_whole(self.minor)
        if self.currency not in EXPONENTS:
            raise ValueError(f"no currency {self.currency!r}")

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, units: int) -> "Money":
        return Money(self.minor * _check_whole(units), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other)

    def _same(self, other: "Money") -> int:
        if not isinstance(other, Money):
            raise TypeError(f"{other!r} is not money")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Add amounts up; of none, the sum is nothing of `currency`."""
    whole = Money(0, currency)
    for amount in amounts:
        whole += amount
    return whole


def from_major(amount: Decimal | int, currency: str) -> Money:
    """Read an amount in major units; raises ValueError for one that has more decimals than its currency."""
    if isinstance(amount, (bool, float)):
        raise TypeError(f"{amount!r} is no amount of money")
    minor = Decimal(amount).scaleb(EXPONENTS[currency])
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has too many decimals for {currency}")
    return Money(int(minor), currency)


def _check_whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a whole number")
    return value
