"""Templates: texts said in the reader's language, addresses, and the few formats a page needs."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from babel import Locale
from babel.dates import format_skeleton, format_time
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.datastructures import Headers

from bot.adapters.web.shelves import Shelf, shelved
from bot.i18n import Reader, language_of, moment, number, render
from bot.port import Chart, FeedPost, Notice, Picture, Remark, Strip, words
from bot.text import Hole, Span, Text, When, t, tn

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static"


def wishes(headers: Headers) -> list[str]:
    """List the languages a browser asks for, dearest first."""
    weighed = []
    for place, part in enumerate(headers.get("accept-language", "")[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, tag))
        except ValueError:
            continue
    return [tag for _, _, tag in sorted(weighed) if tag and tag != "*"]


def language_wished(headers: Headers) -> str:
    return language_of(*wishes(headers))


class Renderer:
    """Templates in which `{{ t("…") }}` says itself to the reader and everything is escaped."""

    def __init__(self, template_dirs: Sequence[Path], static_dirs: Sequence[Path]) -> None:
        self.static_dirs = (STATIC, *static_dirs)
        self.digest = _digest(self.static_dirs)
        self._env = _environment((TEMPLATES, *template_dirs))

    def asset(self, path: str) -> str:
        """Address a static file; the address changes with the content of any of them."""
        return f"/static/{self.digest}/{path}"

    def page(self, template: str, reader: Reader, context: Mapping[str, Any]) -> str:
        known = {"reader": reader, "asset": self.asset, **context}
        return self._env.get_template(template).render(known)


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    env = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_said,
    )
    env.globals.update(
        t=t,
        tn=tn,
        Span=Span,
        When=When,
        figure=figure,
        say=_say,
        url=url,
        fresh=lambda: secrets.token_urlsafe(12),
        tile_url=tile_url,
        photo_url=photo_url,
        srcset=srcset,
        vote_url=vote_url,
        chart_url=_chart_url,
        go_url=go_url,
        left=left,
        in_utc=in_utc,
        seen_words=words.seen_words,
        picks_words=words.picks_words,
        page_words=words.page_words,
        page_name=words.page_name,
        onward=words.onward,
        near=words.near,
    )
    env.filters.update(number=number, day=_day, date=_date, clock=_clock, iso=iso, verdict=with_verdict)
    env.filters.update(shelved=shelved)
    env.tests.update(
        post=lambda x: isinstance(x, FeedPost),
        remark=lambda x: isinstance(x, Remark),
        told=lambda x: isinstance(x, Notice),
        shelf=lambda x: isinstance(x, Shelf),
    )
    return env


def _digest(folders: Sequence[Path]) -> str:
    mixed = hashlib.sha256()
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            mixed.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return mixed.hexdigest()[:16]


def url(*parts: str | int, **query: str | int | None) -> str:
    """Join path parts, each quoted, with the query values that are given."""
    path = "/" + "/".join(quote(str(part), safe="") for part in parts)
    asked = "&".join(f"{k}={quote(str(v), safe='')}" for k, v in query.items() if v is not None)
    return f"{path}?{asked}" if asked else path


def tile_url(photo: str) -> str:
    return f"/tile/{photo}.jpg"


def photo_url(photo: str) -> str:
    return f"/photo/{photo}.jpg"


def srcset(photo: str) -> str:
    """Let a browser take the tile where that is sharp enough; photos are at least about twice as wide."""
    return f"{tile_url(photo)} 480w, {photo_url(photo)} 1200w"


def vote_url(group: str, page: int | None) -> str:
    """Find a page of the ballot; None is when nothing is left of it: everything answered."""
    return url("r", group, "vote", page=page) if page else url("r", group, "ballot")


def go_url(group: str, go: str | None, desk_path: str | None) -> str | None:
    """Find the page a button or a notice leads to; None where there is none for this reader."""
    if go is None:
        return None
    place, _, rest = go.partition(":")
    if place == "desk":
        return desk_path and desk_path + url(*rest.split(":"))
    return "/help" if go == "help" else url("r", group, *go.split(":"))


def figure(value: Hole) -> Text:
    """Say a value and nothing else, in the reader's format."""
    return Text("{words}", {"words": value})


@pass_context
def in_utc(context: Context, at: datetime) -> str | None:
    """Say an instant in UTC as well; None for a reader who lives by it."""
    reader: Reader = context["reader"]
    said = moment(at, Reader(reader.language))
    return None if said == moment(at, reader) else said


def left(strip: Strip) -> float:
    """Seconds until the round closes."""
    return max(0.0, (strip.closes_at - strip.now).total_seconds())


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def with_verdict(pictures: Sequence[Picture], verdict: str) -> list[Picture]:
    """Keep the pictures of one side of the cut, in their order."""
    return [p for p in pictures if p.verdict == verdict]


@pass_context
def _chart_url(context: Context, chart: Chart, tone: str) -> str:
    """Address a chart in the reader's language, on `light` or `dark` paper."""
    return f"/chart/{chart.key}.{context['reader'].language}.{tone}.png"


@pass_context
def _said(context: Context, value: Any) -> Any:
    return _say(context, value) if isinstance(value, Text) else value


@pass_context
def _say(context: Context, text: Text) -> str:
    return render(text, context["reader"])


def _locale(reader: Reader) -> Locale:
    return Locale.parse("zh_Hans" if reader.language == "zh" else reader.language)


@pass_context
def _clock(context: Context, at: datetime) -> str:
    """Say the time of day on the reader's clock: `20:04`."""
    reader: Reader = context["reader"]
    return format_time(at.astimezone(reader.zone), "HH:mm", locale=_locale(reader))


@pass_context
def _date(context: Context, at: datetime) -> str:
    """Name the reader's day for machines: `2026-11-27`."""
    reader: Reader = context["reader"]
    return at.astimezone(reader.zone).date().isoformat()


@pass_context
def _day(context: Context, at: datetime) -> str:
    """Say the reader's day: `Today`, `Yesterday`, `Friday 27 November`."""
    reader: Reader = context["reader"]
    day = at.astimezone(reader.zone)
    today = context["now"].astimezone(reader.zone).date()
    if day.date() == today:
        return render(t("Today"), reader)
    if day.date() == today - timedelta(days=1):
        return render(t("Yesterday"), reader)
    return format_skeleton("MMMMEEEEd", day, locale=_locale(reader))
