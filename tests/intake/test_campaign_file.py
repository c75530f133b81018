from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.intake.campaign_file import Rules, read_rules
from bot.rounds.model import BallotShape, RoundPlan, TieRule
from tests.intake.made import RULES, said


def good(source: str, designs: int | None = 200) -> Rules:
    rules, problems = read_rules(source.encode(), designs)
    assert not problems
    assert rules is not None
    return rules


def bad(source: str | bytes, designs: int | None = 200) -> list[str]:
    data = source.encode() if isinstance(source, str) else source
    rules, problems = read_rules(data, designs)
    assert rules is None
    return [said(problem) for problem in problems]


def swapped(old: str, new: str) -> str:
    assert old in RULES
    return RULES.replace(old, new)


def test_the_example_is_good() -> None:
    rules = good(Path("config/campaign.example.toml").read_text("utf-8"))
    assert rules.key == "summer-looks"
    assert rules.noun.forms == {"en": ("look", "looks"), "fr": ("tenue", "tenues"), "zh": ("款",)}
    assert [plan.keep for plan in rules.rounds] == [120, 40]


def test_the_smallest_file_takes_the_defaults() -> None:
    rules = good(RULES)
    assert rules.language == "en"
    assert rules.zone.key == "Europe/Paris"
    assert rules.rounds == (
        RoundPlan(
            number=1,
            ballot=BallotShape.SHEETS,
            opens_at=datetime(2030, 5, 3, 16, tzinfo=UTC),
            closes_at=datetime(2030, 5, 10, 18, tzinfo=UTC),
            keep=2,
            quorum=1,
            tie_rule=TieRule.ALL,
            extend_by=timedelta(hours=24),
            page_size=20,
        ),
    )


def test_a_byte_order_mark_and_windows_lines_are_fine() -> None:
    rules, problems = read_rules(b"\xef\xbb\xbf" + RULES.replace("\n", "\r\n").encode(), None)
    assert rules is not None
    assert not problems


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('key = "summer-looks"\n', "", "campaign.toml “key” is missing."),
        ('"summer-looks"', '"Summer Looks"', "campaign.toml:1 “key” goes into addresses"),
        ('"summer-looks"', '"a--b"', "campaign.toml:1 “key” goes into addresses"),
        ('"Summer looks"', '"  "', "campaign.toml:2 “title” is empty."),
        ('"Summer looks"', "5", "campaign.toml:2 “title” must be text in quotes."),
        ('"Summer looks"', '"a\\u202eb"', "campaign.toml:2 “title” holds an invisible character (U+202E)"),
        ('"Summer looks"', f'"{"x" * 81}"', "campaign.toml:2 “title” has 81 characters; at most 80 fit."),
        ("Europe/Paris", "Europe/Pari", "campaign.toml:3 There is no time zone “Europe/Pari”. Did you mean"),
        ("Europe/Paris", "Nowhere", "campaign.toml:3 There is no time zone “Nowhere”"),
        ("Europe/Paris", "localtime", "campaign.toml:3 There is no time zone “localtime”"),
        ("[noun]", 'language = "de"\n[noun]', 'campaign.toml:5 “language” must be one of: "en", "fr", "zh".'),
        ("[noun]", "tittle = 1\n[noun]", "campaign.toml:5 “tittle” is not known here. Did you mean “title”?"),
        ('en = ["look", "looks"]', 'fr = ["tenue", "tenues"]', "campaign.toml:5 “en” is missing."),
        ('en = ["look", "looks"]', 'en = ["look"]', "campaign.toml:6 “en” needs a list of 2 words"),
        ('"looks"]', '"looks"]\nzh = ["a", "b"]', "campaign.toml:7 “zh” needs a list of 1 word."),
        ('"looks"]', '"looks"]\nde = ["a", "b"]', "campaign.toml:7 “de” is not known here."),
        ('"sheets"', '"polls"', 'campaign.toml:9 “ballot” must be one of: "sheets", "cards", "duels".'),
        ("keep = 2", "keep = 200", "campaign.toml:12 The first round must keep fewer than the 200 designs"),
        ("keep = 2", "keep = 0", "campaign.toml:12 “keep” must be a whole number from 1"),
        ("keep = 2", "keep = true", "campaign.toml:12 “keep” must be a whole number from 1"),
        ("keep = 2", "keep = 2.0", "campaign.toml:12 “keep” must be a whole number from 1"),
        ("keep = 2", "kep = 2", "campaign.toml:12 “kep” is not known here. Did you mean “keep”?"),
        (
            "quorum = 1",
            "quorum = -1",
            "campaign.toml:13 “quorum” must be a whole number from 0 to 1,000,000.",
        ),
        ('"all"', '"some"', 'campaign.toml:14 “tie_rule” must be one of: "all", "none", "lot".'),
        ("keep = 2", "page_size = 3\nkeep = 2", "campaign.toml:12 “page_size” must be a whole number from 4"),
        ("keep = 2", "page_size = 31\nkeep = 2", "campaign.toml:12 “page_size” must be a whole number"),
        ("keep = 2", "extend_by_hours = 0\nkeep = 2", "campaign.toml:12 “extend_by_hours” must be"),
        ("2030-05-10", "2030-05-01", "campaign.toml:11 The round must close after it opens."),
        ("2030-05-10", "2930-05-10", "campaign.toml:11 The year of “closes_at” cannot be right."),
    ],
)
def test_each_problem_is_told_on_its_line(old: str, new: str, problem: str) -> None:
    assert any(line.startswith(problem) for line in bad(swapped(old, new)))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (
            "2030-05-03T18:00:00Z",
            "“opens_at” must be a local time, without Z or an offset: opens_at = 2030-05-03T20:00:00",
        ),
        (
            "2030-05-03T18:00:00-04:00",
            "“opens_at” must be a local time, without Z or an offset: opens_at = 2030-05-04T00:00:00",
        ),
        ("2030-05-03", "“opens_at” needs the time of day too: opens_at = 2030-05-03T18:00:00"),
        ("18:30:00", "“opens_at” needs the day too: opens_at = 2030-05-01T18:30:00"),
        (
            '"2030-05-03 18:00"',
            "“opens_at” must be a local time, without quotes: opens_at = 2030-05-01T18:00:00",
        ),
        (
            "2030-03-31T02:30:00",
            "2030-03-31 02:30:00 does not exist in Europe/Paris: the clocks go forward from UTC+01:00 to"
            " UTC+02:00 then. Choose a time before or after the change.",
        ),
        ("0001-01-01T00:00:00-23:00", "The year of “opens_at” cannot be right. Look at it again."),
    ],
)
def test_a_time_that_is_not_local_is_refused_with_what_to_write(value: str, reason: str) -> None:
    assert bad(swapped("2030-05-03T18:00:00", value)) == [f"campaign.toml:10 {reason}"]


def test_rounds_follow_one_another_and_narrow_down() -> None:
    second = """
[[rounds]]
ballot = "sheets"
opens_at = 2030-05-10T19:00:00
closes_at = 2030-05-12T20:00:00
keep = 2
quorum = 1
tie_rule = "lot"
"""
    assert bad(RULES + second) == [
        "campaign.toml:20 This round must keep fewer than the 2 that the round before keeps.",
        "campaign.toml:18 This round opens before the one above it closes."
        " Put the rounds one after the other.",
    ]
    fixed = second.replace("keep = 2", "keep = 1").replace("10T19", "10T20")
    assert [plan.number for plan in good(RULES + fixed).rounds] == [1, 2]


def test_every_problem_is_told_in_one_run() -> None:
    source = RULES.replace("Europe/Paris", "Nowhere").replace("keep = 2", "keep = 0").replace('"all"', "1")
    assert [line.split(" ")[0] for line in bad(source)] == [
        "campaign.toml:3",
        "campaign.toml:12",
        "campaign.toml:14",
    ]


def test_a_missing_key_of_a_round_is_told_at_its_header() -> None:
    assert bad(swapped("keep = 2\n", "")) == ["campaign.toml:8 “keep” is missing."]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("key = 'a'\ntitle = = 3\n", "campaign.toml:2"),
        ("key = 'a'\nkey = 'b'\n", "campaign.toml:2"),
        ("key = 'a'\nnoun = [\n'b',\n\n", "campaign.toml:2"),
        (b"key = 'a'\ntitle = '\xe9t\xe9'\n", "campaign.toml:2"),
        ("key = " + "[" * 5000, "campaign.toml"),
        (f"key = {'9' * 5000}", "campaign.toml"),
        (b"#" * 70_000, "campaign.toml"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(source: str | bytes, place: str) -> None:
    (line,) = bad(source)
    assert line.startswith(f"{place} This")


@pytest.mark.parametrize("rounds", ["rounds = []", "rounds = 3", "rounds = [1]"])
def test_rounds_must_be_tables(rounds: str) -> None:
    source = rounds + "\n" + RULES[: RULES.index("[[rounds]]")]
    assert bad(source) == [
        "campaign.toml:1 Write each round as a table of its own that starts with a line [[rounds]]."
    ]
