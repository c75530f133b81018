"""What a platform was told we have is asked until the database takes it; a tap is not."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.errors import RuleError
from bot.patience import Patient
from bot.port import Actor, Command, Comment, Look, Moved, Press, Reply, ShowMe, Upload, at_hand
from bot.text import t

Ask = Callable[[Any], Awaitable[object]]

ADA = Actor("telegram", "7", "Ada")
KEPT: dict[str, Ask] = {
    "comment": lambda inbox: inbox.comment(Comment(ADA, "e1", None, "#067 longer sleeves")),
    "command": lambda inbox: inbox.command(Command(ADA, "e2", "help")),
    "upload": lambda inbox: inbox.upload(Upload(ADA, "e3", 67, at_hand(b"photo"), "longer")),
    "hear": lambda inbox: inbox.hear(Moved("telegram", "-1", "-2")),
}
WAITED_FOR: dict[str, Ask] = {
    "press": lambda inbox: inbox.press(Press(ADA, "e4", "p:1:67:1")),
    "look": lambda inbox: inbox.look(Look(ADA, ShowMe())),
}


class Failing:
    """An Inbox that raises these in turn before it answers."""

    def __init__(self, *raised: Exception) -> None:
        self.raised = list(raised)
        self.asked: list[object] = []

    async def press(self, asked: Any) -> Any:
        self.asked.append(asked)
        if self.raised:
            raise self.raised.pop(0)
        return Reply(t("Done"))

    look = comment = command = upload = hear = press


def away() -> Exception:
    return sqlite3.OperationalError("database is locked")


@pytest.mark.parametrize("ask", KEPT.values(), ids=KEPT)
async def test_it_is_asked_again_until_the_database_is_back(ask: Ask) -> None:
    inbox = Failing(away(), away())
    await ask(Patient(inbox, pause_s=0.0))
    assert len(inbox.asked) == 3
    assert len(set(map(id, inbox.asked))) == 1


@pytest.mark.parametrize("ask", (KEPT | WAITED_FOR).values(), ids=KEPT | WAITED_FOR)
async def test_a_refusal_is_an_answer(ask: Ask) -> None:
    inbox = Failing(RuleError("x", t("Done")))
    with pytest.raises(RuleError):
        await ask(Patient(inbox))
    assert len(inbox.asked) == 1


@pytest.mark.parametrize("ask", WAITED_FOR.values(), ids=WAITED_FOR)
async def test_who_waits_for_an_answer_hears_of_it_at_once(ask: Ask) -> None:
    inbox = Failing(away())
    with pytest.raises(sqlite3.OperationalError):
        await ask(Patient(inbox))
    assert len(inbox.asked) == 1
