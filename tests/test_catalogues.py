"""Every text exists in every language, with the same holes; every text in the code can be collected."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tools import catalogue
from tools.catalogue import LOCALES, ROOT, holes, path_of, problems, read, sources, template, update


@pytest.mark.parametrize("language", LOCALES)
def test_every_text_is_translated(language: str) -> None:
    assert problems(language) == []


@pytest.mark.parametrize("language", LOCALES)
def test_a_catalogue_names_nobody_and_no_day(language: str) -> None:
    text = path_of(language).read_text(encoding="utf-8")
    header = text.partition("\n\n")[0]
    assert "Date" not in header
    assert "@" not in header
    assert "#~" not in text


# ------------------------------------------------------------------ calls that can be collected and filled


@dataclass(frozen=True)
class Call:
    """A call of `t` or `tn`: its literal texts, the holes it fills, and whether those are all."""

    place: str
    texts: tuple[object, ...]
    filled: frozenset[str]
    open: bool

    @property
    def wrong(self) -> str | None:
        if not self.texts or not all(isinstance(text, str) for text in self.texts):
            return f"{self.place}: the text is not literal, so nobody can translate it"
        wanted = [holes(str(text)) for text in self.texts]
        if None in wanted:
            return f"{self.place}: a hole is a plain name in braces"
        named = frozenset().union(*(names or () for names in wanted)) - (
            {"n"} if len(self.texts) > 1 else set()
        )
        if named != self.filled and not (self.open and named >= self.filled):
            return f"{self.place}: holes {sorted(named)} are filled with {sorted(self.filled)}"
        return None


def python_calls(path: Path, root: Path) -> Iterator[Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("t", "tn"):
            count = 2 if node.func.id == "tn" else 1
            texts = tuple(a.value if isinstance(a, ast.Constant) else None for a in node.args[:count])
            named = frozenset(k.arg for k in node.keywords if k.arg)
            yield Call(
                f"{path.relative_to(root)}:{node.lineno}", texts, named, any(not k.arg for k in node.keywords)
            )


def template_calls(path: Path, root: Path) -> Iterator[Call]:
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    for node in tree.find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name in ("t", "tn"):
            count = 2 if node.node.name == "tn" else 1
            texts = tuple(a.value if isinstance(a, nodes.Const) else None for a in node.args[:count])
            named = frozenset(k.key for k in node.kwargs)
            yield Call(f"{path.relative_to(root)}:{node.lineno}", texts, named, node.dyn_kwargs is not None)


def calls(root: Path = ROOT) -> Iterator[Call]:
    for path, method in sources(root):
        if path != root / "bot" / "text.py":
            yield from python_calls(path, root) if method == "python" else template_calls(path, root)


def test_every_text_is_literal_and_every_hole_filled() -> None:
    found = list(calls())
    assert found
    assert [call.wrong for call in found if call.wrong] == []


def test_collecting_misses_no_call() -> None:
    collected = {m.id if isinstance(m.id, str) else m.id[0] for m in template() if m.id}
    assert {str(call.texts[0]) for call in calls()} == collected


# ------------------------------------------------------------------ the checks can fail


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A tiny project with one text in Python, one in a template, and translations of both."""
    (tmp_path / "bot" / "web" / "templates").mkdir(parents=True)
    (tmp_path / "bot" / "a.py").write_text('t("{fan} wrote", fan=1)\n# t("not this")\n')
    (tmp_path / "bot" / "web" / "templates" / "b.html").write_text(
        '<p>{{ tn("{n} pick", "{n} picks", n) }}</p>'
    )
    update(tmp_path)
    for language, plural in (("fr", '"{n} choix"\nmsgstr[1] "{n} choix"'), ("zh", '"{n} 款"')):
        path = path_of(language, tmp_path)
        text = path.read_text().replace('wrote"\nmsgstr ""', 'wrote"\nmsgstr "{fan} : "')
        head, _, _ = text.partition('msgstr[0] ""')
        path.write_text(f"{head}msgstr[0] {plural}\n", encoding="utf-8")
    return tmp_path


def test_a_whole_catalogue_has_no_problems(project: Path) -> None:
    assert [problems(language, project) for language in LOCALES] == [[], []]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{fan} : ", "", "is not translated"),
        ("{fan} : ", "{who} : ", "has other holes"),
        ("{fan} : ", "{fan!r} : ", "has other holes"),
        ("{fan} : ", "{fan : ", "has other holes"),
        ('msgstr[1] "{n} choix"', 'msgstr[1] "des choix"', "has other holes"),
        ('msgstr[1] "{n} choix"', 'msgstr[1] ""', "is not translated"),
        ('msgid "{fan} wrote"', 'msgid "{fan} said"', "The texts are not those of the code"),
        ('msgid "{fan} wrote"', '#, fuzzy\nmsgid "{fan} wrote"', "is marked fuzzy"),
        ('msgstr[1] "{n} choix"', "", "is not translated"),
        ("nplurals=2", "nplurals=3", "The texts are not those of the code"),
        (
            "#: bot/a.py",
            '#~ msgid "old"\n#~ msgstr "vieux"\n\n#: bot/a.py',
            "The texts are not those of the code",
        ),
    ],
)
def test_a_mistake_is_found(project: Path, old: str, new: str, said: str) -> None:
    path = path_of("fr", project)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert any(said in problem for problem in problems("fr", project))


def test_updating_keeps_translations_and_drops_what_nobody_says(project: Path) -> None:
    (project / "bot" / "a.py").write_text('t("{fan} said", fan=1)\n')
    update(project)
    french = read("fr", project)
    assert french.get("{fan} wrote") is None
    picks = french.get("{n} pick")
    assert picks is not None
    assert list(picks.string or ()) == ["{n} choix", "{n} choix"]
    assert problems("fr", project) == ["'{fan} said': is not translated"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("t(words)", "not literal"),
        ('t(f"{fan} wrote")', "not literal"),
        ('t("a" if many else "b")', "not literal"),
        ('t("{fan} wrote")', "holes ['fan'] are filled with []"),
        ('t("wrote", fan=1)', "holes [] are filled with ['fan']"),
        ('t("{0} wrote")', "plain name"),
        ('t("{n:d} wrote", n=1)', "plain name"),
        ('tn("{n} pick of {fan}", "{n} picks", n)', "holes ['fan'] are filled with []"),
        ('tn("one pick", "{n} picks", n)', None),
        ('t("{fan} wrote", **facts)', None),
    ],
)
def test_a_call_that_cannot_be_collected_or_filled_is_found(
    project: Path, code: str, said: str | None
) -> None:
    (project / "bot" / "a.py").write_text(code)
    templates = project / "bot" / "web" / "templates"
    (templates / "b.html").write_text("" if code.startswith("t(f") else "{{ " + code + " }}")
    found = [call.wrong or "" for call in calls(project)]
    assert found
    assert all(said in wrong if said else not wrong for wrong in found)


def test_the_program_reads_the_catalogues_we_write(project: Path) -> None:
    french = catalogue.read("fr", project)
    assert french.plural_expr == "(n > 1)"
    assert catalogue.read("zh", project).num_plurals == 1
