"""What a command is: what it does, how it is told in /help, and to whom."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.port import Command, Reply, Role
from bot.service.shop import Shop
from bot.service.voting import Votes
from bot.text import Text


class Counter(Protocol):
    """What commands are done with: the installation and its queue of votes."""

    shop: Shop
    votes: Votes


Do = Callable[[Counter, Command], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Row:
    """One command. `says` are its lines in /help, shown to who holds one of `roles` (an owner holds all).

    Whether somebody may do it is checked by what it does, in the transaction that does it.
    """

    do: Do
    says: tuple[Text, ...] = ()
    roles: frozenset[Role] = frozenset({Role.FAN})
