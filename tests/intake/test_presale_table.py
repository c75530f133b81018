"""`[presale]` in a campaign file: read whole, or every mistake told with its line."""

from datetime import time

import pytest

from bot.intake.campaign_file import Rules, read_rules
from bot.money import Money
from bot.presale.ladder import Combine, TimeRule
from bot.presale.model import IfMissed, PresalePlan
from bot.storage.presales import dump_plan, load_plan
from tests.intake.made import RULES, said

TABLE = """\

[presale]
currency = "EUR"
base = 100
step = "10.50"
list = 300
every_units = 100
days = 30
at = 18:00:00
moq = 300
colours = ["Sage", "Black"]
sizes = ["S", "M"]
if_missed = "end"
"""
FIRST = RULES.count("\n") + 2
"""The line of [presale]."""


def read(source: str) -> tuple[Rules | None, list[str]]:
    rules, problems = read_rules(source.encode(), 200)
    return rules, [said(problem) for problem in problems]


def plan_of(table: str) -> PresalePlan:
    rules, problems = read(RULES + table)
    assert problems == []
    assert rules is not None
    assert rules.presale is not None
    return rules.presale


def test_the_smallest_table_takes_the_defaults() -> None:
    plan = plan_of(TABLE)
    assert plan == PresalePlan(
        Money(10000, "EUR"), Money(1050, "EUR"), Money(30000, "EUR"), 100, TimeRule(30, time(18)), 300,
        ("Sage", "Black"), ("S", "M"), 10, 10_000, Combine.MAX, IfMissed.END,
    )  # fmt: skip


def test_everything_can_be_said() -> None:
    plan = plan_of(TABLE + 'every_days = 7\ncombine = "sum"\nlimit = 3\ncap = 900\n')
    assert (plan.time.every_days, plan.combine, plan.limit, plan.cap) == (7, Combine.SUM, 3, 900)
    assert load_plan(dump_plan(plan)) == plan


def test_a_campaign_without_presales_is_one() -> None:
    rules, problems = read(RULES)
    assert problems == []
    assert rules is not None
    assert rules.presale is None


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("base = 100", "base = 100.0", "“base” must be an amount of EUR above 0"),
        ("base = 100", 'base = "99.999"', "“base” must be an amount of EUR above 0"),
        ("base = 100", "base = 0", "“base” must be an amount of EUR above 0"),
        ("base = 100", "base = true", "“base” must be an amount of EUR above 0"),
        ("base = 100", 'base = "NaN"', "“base” must be an amount of EUR above 0"),
        ("base = 100", 'base = "a hundred"', "“base” must be an amount of EUR above 0"),
        ("base = 100", "base = 301", "“list” is the highest price"),
        ('step = "10.50"', 'step = "0.01"', "So small a “step” makes more than 200 prices"),
        ('currency = "EUR"', 'currency = "EURO"', "“currency” must be one of"),
        ("every_units = 100", "every_units = 0", "“every_units” must be a whole number"),
        ("days = 30", "days = 91", "“days” must be a whole number from 1 to 90"),
        ("at = 18:00:00", 'at = "18:00"', "“at” must be a time of day, without quotes"),
        ("at = 18:00:00", "at = 2030-05-03T18:00:00", "“at” must be a time of day, without quotes"),
        ("moq = 300", "moq = 0", "“moq” must be a whole number"),
        ("moq = 300", "moq = 10001", "“cap” must not be smaller than “moq”."),
        ('colours = ["Sage", "Black"]', "colours = []", "“colours” must be a list of 1 to 20 words"),
        ('colours = ["Sage", "Black"]', 'colours = "Sage"', "“colours” must be a list of 1 to 20 words"),
        ('colours = ["Sage", "Black"]', 'colours = ["Sage", "sage"]', "“colours” names one of them twice."),
        ('sizes = ["S", "M"]', "sizes = [38, 39]", "“sizes” must be text in quotes."),
        ('if_missed = "end"', 'if_missed = "hope"', '“if_missed” must be one of: "end".'),
        ("moq = 300", "moq = 300\nevery_days = 0", "“every_days” must be a whole number from 1 to 90"),
        ("moq = 300", "moq = 300\nlimit = 0", "“limit” must be a whole number"),
        ("moq = 300", "moq = 300\nevery_unit = 5", "“every_unit” is not known here. Did you mean"),
        ("moq = 300\n", "", "“moq” is missing."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(old: str, new: str, problem: str) -> None:
    assert old in TABLE
    table = TABLE.replace(old, new)
    rules, problems = read(RULES + table)
    assert rules is None
    assert problem in problems[0]
    line = int(problems[0].split(":")[1].split()[0])
    wrong = (RULES + table).splitlines()[line - 1]
    assert wrong == "[presale]" or wrong.split(" = ")[0] in problem


def test_several_mistakes_are_told_at_once() -> None:
    _, problems = read(RULES + TABLE.replace("moq = 300", "moq = -1").replace("days = 30", "days = 0"))
    assert [p.split()[0] for p in problems] == [
        f"campaign.toml:{FIRST + n}" for n in (6, 8)
    ]  # fmt: skip


def test_one_line_of_words_is_no_table() -> None:
    _, problems = read('presale = "yes"\n' + RULES)
    assert problems == [
        "campaign.toml:1 Write “presale” as a table of its own that starts with a line [presale]."
    ]
