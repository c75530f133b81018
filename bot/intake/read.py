"""Read a whole campaign, folder or zip, in one call: all of it is good, or every problem is told."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from bot.errors import ConfigError, Problem, RuleError
from bot.intake import campaign_file, designs_file
from bot.intake.campaign_file import Rules, read_rules
from bot.intake.designs_file import ALONE, TITLE_LETTERS, DesignRows, Row, read_rows
from bot.intake.folder import Folder
from bot.intake.limits import DEFAULTS, Limits
from bot.intake.near import BITS, near_pairs, near_to
from bot.intake.photos import CleanPhoto, PhotoStore
from bot.intake.pool import Known, Progress, clean_all
from bot.intake.toml_table import MAX_FILE_BYTES
from bot.intake.words import hidden_character, shown
from bot.intake.zips import unpack
from bot.presale.model import PresalePlan
from bot.rounds.model import RoundPlan
from bot.text import Noun, Numbers, Text, t, tn

_MAX_UNLISTED = 20
"""How many photos without a row are named one by one."""


@dataclass(frozen=True, slots=True)
class DesignFile:
    """One design as it was brought in; `title` and `category` may be empty."""

    number: int
    title: str
    category: str
    attributes: Mapping[str, str]
    photo: CleanPhoto


@dataclass(frozen=True, slots=True)
class CampaignFile:
    """A campaign that may be loaded, designs by number.

    `digest` is the same exactly when the same campaign is read again: same rules, same designs, same
    bytes of every photo; the order of rows with numbers and the files' names play no part.
    """

    key: str
    title: str
    noun: Noun
    zone: ZoneInfo
    language: str
    rounds: tuple[RoundPlan, ...]
    designs: tuple[DesignFile, ...]
    warnings: tuple[Problem, ...]
    digest: str
    presale: PresalePlan | None = None


def unknown(source_hash: str) -> CleanPhoto | None:
    """Know no photo: the answer of a first load."""
    return None


def read_campaign(
    path: Path,
    staging: Path,
    *,
    limits: Limits = DEFAULTS,
    known: Known = unknown,
    progress: Progress | None = None,
) -> CampaignFile:
    """Read the campaign at `path`, its cleaned photos put into the folder `staging`.

    `known` gives back a photo cleaned before by the sha256 of its file; it is asked on other threads
    and its photo is not put into `staging`. `progress` hears (photos done, photos in all). Raises
    ConfigError with every problem in the files; what is in `staging` then is the caller's to drop.
    """
    staging.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        return _Reading(path, staging, limits).campaign(known, progress)
    if not path.is_file():
        raise ConfigError([Problem(shown(path.name), t("There is no such folder or zip."))])
    if path.suffix.lower() != ".zip":
        raise ConfigError([Problem(shown(path.name), t("Give the campaign's folder, or a zip of it."))])
    with TemporaryDirectory(prefix=".unpacked-", dir=staging) as unpacked:
        root, problems = unpack(path, Path(unpacked), limits.zip)
        if problems:
            raise ConfigError(problems)
        return _Reading(root, staging, limits).campaign(known, progress)


@dataclass(frozen=True, slots=True)
class Additions:
    """Designs that may join a campaign, by number, and what is worth knowing about them."""

    designs: tuple[DesignFile, ...]
    warnings: tuple[Problem, ...]


def read_additions(
    archive: Path, staging: Path, there: Mapping[int, CleanPhoto], *, limits: Limits, known: Known = unknown
) -> Additions:
    """Read designs for a campaign that has these already from a zip: photos, with or without a designs.csv.

    Those without a number get the next ones. Everything else is as in `read_campaign`.
    """
    staging.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".unpacked-", dir=staging) as unpacked:
        root, problems = unpack(archive, Path(unpacked), limits.zip)
        if problems:
            raise ConfigError(problems)
        return _Reading(root, staging, replace(limits, min_designs=1)).additions(there, known)


class _Reading:
    """One reading of one folder, gathering its problems."""

    def __init__(self, root: Path, staging: Path, limits: Limits) -> None:
        self.folder = Folder(root)
        self.store = PhotoStore(staging)
        self.limits = limits
        self.problems = list(self.folder.problems)
        self.warnings: list[Problem] = []

    def campaign(self, known: Known, progress: Progress | None) -> CampaignFile:
        files = (campaign_file.FILE, designs_file.FILE)
        if not any(self.folder.has(file) for file in files):
            text = t("Neither campaign.toml nor designs.csv is in here. Is this the campaign's folder?")
            raise ConfigError([*self.problems, Problem(shown(self.folder.root.name), text)])
        rows = self._rows()
        rules = self._rules(rows.count)
        designs = self._designs(rows.rows, known, progress)
        if self.problems or rules is None:
            raise ConfigError(sorted(self.problems, key=_by_place))
        return CampaignFile(
            rules.key,
            rules.title,
            rules.noun,
            rules.zone,
            rules.language,
            rules.rounds,
            designs,
            tuple(sorted(self.warnings, key=_by_place)),
            _digest(rules, designs),
            rules.presale,
        )

    def additions(self, there: Mapping[int, CleanPhoto], known: Known) -> Additions:
        last = max(there, default=0)
        rows = self._rows(last) if self.folder.has(designs_file.FILE) else self._photos_alone(last)
        self._check_room(rows.count, len(there))
        for row in rows.rows:
            if row.number in there:
                text = t("Number {number} is in this campaign already.", number=row.number)
                self.problems.append(Problem(designs_file.FILE, text, row.line))
        designs = self._designs(rows.rows, known, None)
        self._compare(designs, there)
        if self.folder.has(campaign_file.FILE):
            text = t("This file stays out: the campaign is loaded, and its rules are fixed.")
            self.warnings.append(Problem(campaign_file.FILE, text))
        if self.problems:
            raise ConfigError(sorted(self.problems, key=_by_place))
        return Additions(designs, tuple(sorted(self.warnings, key=_by_place)))

    def _photos_alone(self, last: int) -> DesignRows:
        """Make a row of each photo there is, in the order of their names, which are their titles."""
        paths = self.folder.photos()
        if not paths:
            raise ConfigError([Problem(shown(self.folder.root.name), t("There is no photo in here."))])
        rows = (Row(ALONE, n, path, title_of(path), "", {}) for n, path in enumerate(paths, last + 1))
        return DesignRows(tuple(rows), len(paths), ())

    def _check_room(self, new: int | None, there: int) -> None:
        most = self.limits.max_designs
        if new is not None and there + new > most:
            text = t(
                "With these the campaign would have {n} designs; it takes at most {most}.",
                n=there + new,
                most=most,
            )
            self.problems.append(Problem(designs_file.FILE, text))

    def _compare(self, designs: tuple[DesignFile, ...], there: Mapping[int, CleanPhoto]) -> None:
        """Refuse photos that the campaign shows already, and note those that look almost like one."""
        same = {name: n for n, photo in there.items() for name in (photo.hash, photo.source_hash)}
        for design in designs:
            twin = same.get(design.photo.source_hash) or same.get(design.photo.hash)
            if twin is not None:
                text = t("This is the very photo of {design}.", design=Numbers((twin,)))
                self.problems.append(Problem(_name(design), text))
        for design in designs:
            self.warnings += [
                Problem(_name(design), alike(near, design.number))
                for near in near_to(
                    design.photo.phash, {n: p.phash for n, p in there.items()}, self.limits.near
                )
            ]

    def _read(self, file: str, most: int) -> bytes | None:
        """Read one of the two lists, noting why it cannot be."""
        if not self.folder.has(file):
            self.problems.append(Problem(file, t("This file is missing. Put it at the top of the folder.")))
            return None
        try:
            return self.folder.read(file, most)
        except RuleError as error:
            self.problems.append(Problem(file, error.text))
            return None

    def _rows(self, after: int = 0) -> DesignRows:
        data = self._read(designs_file.FILE, designs_file.MAX_FILE_BYTES)
        if data is None:
            return DesignRows((), None, ())
        rows = read_rows(data, self.limits, after)
        self.problems += rows.problems
        return rows

    def _rules(self, designs: int | None) -> Rules | None:
        data = self._read(campaign_file.FILE, MAX_FILE_BYTES)
        if data is None:
            return None
        rules, problems = read_rules(data, designs)
        self.problems += problems
        return rules

    # -------------------------------------------------------------- photos

    def _designs(
        self, rows: tuple[Row, ...], known: Known, progress: Progress | None
    ) -> tuple[DesignFile, ...]:
        placed = self._placed(rows)
        answers = clean_all(self.folder, list(placed), self.store, self.limits, known, progress)
        found: list[tuple[Row, CleanPhoto]] = []
        for (path, row), answer in zip(placed.items(), answers, strict=True):
            if isinstance(answer, RuleError):
                self.problems.append(Problem(shown(path), answer.text))
            else:
                found.append((row, answer))
        self._check_twins(found)
        self._note_near(found)
        self._note_unlisted(placed)
        designs = [DesignFile(r.number, r.title, r.category, r.attributes, photo) for r, photo in found]
        return tuple(sorted(designs, key=lambda design: design.number))

    def _placed(self, rows: tuple[Row, ...]) -> dict[str, Row]:
        """Look up every row's photo: path in the folder → row."""
        placed: dict[str, Row] = {}
        for row in rows:
            try:
                path = self.folder.find_photo(row.photo)
            except RuleError as error:
                self.problems.append(Problem(designs_file.FILE, error.text, row.line))
                continue
            first = placed.setdefault(path, row)
            if first is not row:
                text = t("“{photo}” is already the photo of line {line}.", photo=shown(path), line=first.line)
                self.problems.append(Problem(designs_file.FILE, text, row.line))
        return placed

    def _check_twins(self, found: list[tuple[Row, CleanPhoto]]) -> None:
        """Refuse one picture under two names, also when only its metadata differ."""
        first: dict[str, Row] = {}
        for row, photo in found:
            twin = first.get(photo.source_hash) or first.get(photo.hash)
            if twin is None:
                first[photo.source_hash] = first[photo.hash] = row
                continue
            text = t(
                "“{photo}” is the very same picture as “{other}” in line {line}.",
                photo=row.photo,
                other=twin.photo,
                line=twin.line,
            )
            if row.line == ALONE:
                text = t("This is the very same picture as “{other}”.", other=twin.photo)
            self.problems.append(_problem(row, text))

    def _note_near(self, found: list[tuple[Row, CleanPhoto]]) -> None:
        for pair in near_pairs([photo.phash for _, photo in found], self.limits.near):
            earlier, later = found[pair.first][0], found[pair.second][0]
            text = t(
                "{pair} look almost the same ({distance} of {bits} marks differ). Fans would split their"
                " votes: keep both only if they are two designs.",
                pair=Numbers((earlier.number, later.number)),
                distance=pair.distance,
                bits=BITS,
            )
            self.warnings.append(_problem(later, text))

    def _note_unlisted(self, placed: Mapping[str, Row]) -> None:
        unlisted = [path for path in self.folder.photos() if path not in placed]
        for path in unlisted[:_MAX_UNLISTED]:
            text = t("This photo is in no row of designs.csv and stays out.")
            self.warnings.append(Problem(shown(path), text))
        more = len(unlisted) - _MAX_UNLISTED
        if more > 0:
            text = tn(
                "{n} more photo is in no row and stays out.",
                "{n} more photos are in no row and stay out.",
                more,
            )
            self.warnings.append(Problem(designs_file.FILE, text))


_CAMERAS = re.compile(r"(?:img|dsc|dscn|photo|image|pxl|p)?[\W_\d]*", re.IGNORECASE)


def title_of(file: str) -> str:
    """Make a title of a photo's file name; none of one that a camera gave."""
    stem = PurePosixPath(file).stem
    words = " ".join(stem.replace("_", " ").replace("-", " ").split())
    fits = not _CAMERAS.fullmatch(stem) and not hidden_character(words)
    return words[:TITLE_LETTERS] if fits else ""


def alike(one: int, other: int) -> Text:
    """Warn of two designs that fans would split their votes between."""
    return t(
        "{pair} look almost the same. Fans would split their votes: keep both only if they are two designs.",
        pair=Numbers((one, other)),
    )


def _problem(row: Row, text: Text) -> Problem:
    """Say what is about a row, or about a photo that has none."""
    if row.line == ALONE:
        return Problem(shown(row.photo), text)
    return Problem(designs_file.FILE, text, row.line)


def _name(design: DesignFile) -> str:
    return shown(design.title) or f"#{design.number:03d}"


def _by_place(problem: Problem) -> tuple[int, str, int]:
    order = (campaign_file.FILE, designs_file.FILE)
    rank = order.index(problem.file) if problem.file in order else len(order)
    return rank, problem.file, problem.line or 0


def _digest(rules: Rules, designs: tuple[DesignFile, ...]) -> str:
    """Hash all that matters, photos by the bytes they came as: a newer encoder changes no digest."""
    said = {
        "key": rules.key,
        "title": rules.title,
        "noun": {name: list(forms) for name, forms in rules.noun.forms.items()},
        "zone": rules.zone.key,
        "language": rules.language,
        "rounds": [
            [
                plan.ballot,
                plan.opens_at.isoformat(),
                plan.closes_at.isoformat(),
                plan.keep,
                plan.quorum,
                plan.tie_rule,
                plan.extend_by.total_seconds(),
                plan.page_size,
            ]
            for plan in rules.rounds
        ],
        "presale": repr(rules.presale),
        "designs": [
            [d.number, d.title, d.category, dict(d.attributes), d.photo.source_hash] for d in designs
        ],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
