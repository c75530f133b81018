"""The reference: rounds and ballots in plain dicts, written from the rules and not from the code.

Designs go by their numbers, people by numbers of our own, accounts by small integers (`ROOM` of them in the
room, the rest elsewhere). What is refused raises `Refusal` with the code a person's sentence has.
"""

from datetime import datetime, timedelta
from typing import Any

ROOM = 4
"""Accounts below this one are in the room, where who comes late counts; the others are in a chat."""

RUNNING = ("open", "paused")


class Refusal(Exception):
    """What the rules refuse, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Reference:
    """A campaign of two rounds and everybody who takes part. Every method is told the time."""

    def __init__(self, designs: int, page_size: int, rounds: list[dict[str, Any]]) -> None:
        self.designs = list(range(1, designs + 1))
        self.page_size = page_size
        self.rounds = [
            {
                **plan, "state": "draft", "planned": plan["closes_at"], "opened_at": None, "paused_at": None,
                "extended": False, "quorum_met": None, "candidates": [], "counted": None, "marks": {},
                "kept": None,
            }
            for plan in rounds
        ]  # fmt: skip
        self.accounts: dict[int, dict[str, Any]] = {}
        self.waits: dict[int, datetime | None] = {}
        self.ballots: dict[tuple[int, int], dict[str, Any]] = {}
        self.orders: dict[tuple[int, int], list[int]] = {}

    # -------------------------------------------------------------- people

    def enter(self, account: int, joined: str, now: datetime) -> None:
        """Let an account in; `joined` is recorded, silent (nobody knows when) or not at all."""
        if account not in self.accounts:
            person = len(self.waits)
            self.waits[person] = None
            self.accounts[account] = {"person": person, "joined": joined, "at": now}

    def person(self, account: int) -> int:
        if account not in self.accounts:
            raise Refusal("who.unknown")
        person: int = self.accounts[account]["person"]
        return person

    def together(self, person: int) -> list[int]:
        return [a for a, facts in self.accounts.items() if facts["person"] == person]

    def linked(self) -> list[int]:
        """List the accounts that are not their person's only one."""
        return [a for a, facts in self.accounts.items() if len(self.together(facts["person"])) > 1]

    def link(self, gone_account: int, stays_account: int) -> None:
        """Let the first account's person become the second's."""
        stays, gone = self.person(stays_account), self.person(gone_account)
        if gone == stays:
            return
        for number, round_ in enumerate(self.rounds):
            if round_["state"] in RUNNING:
                self._merge(number, gone, stays)
        waits = [self.waits[gone], self.waits[stays]]
        self.waits[stays] = None if None in waits else min(w for w in waits if w)
        for account in self.together(gone):
            self.accounts[account]["person"] = stays

    def _merge(self, number: int, gone: int, stays: int) -> None:
        if order := self.orders.pop((number, gone), None):
            self.orders.setdefault((number, stays), order)
        theirs = self.ballots.pop((number, gone), None)
        if theirs is None:
            return
        mine = self.ballots.setdefault((number, stays), new_ballot())
        for design, (picked, seen, at) in theirs["cells"].items():
            had_picked, had_seen, had_at = mine["cells"].get(design, (None, False, None))
            newer = had_at is None or (picked is not None, at) > (had_picked is not None, had_at)
            mine["cells"][design] = (
                picked if newer else had_picked, seen or had_seen, at if newer else had_at,
            )  # fmt: skip
        history = [(p["at"], 0, i, p) for i, p in enumerate(mine["history"])]
        history += [(p["at"], 1, i, p) for i, p in enumerate(theirs["history"])]
        mine["history"] = [p for *_, p in sorted(history, key=lambda line: line[:3])]
        mine["answers"] |= theirs["answers"]
        mine["aside"] = mine["aside"] or theirs["aside"]

    def unlink(self, account: int, now: datetime) -> None:
        """Make an account a person of its own, who waits for rounds that open from now on."""
        if len(self.together(self.person(account))) < 2:
            raise Refusal("unlink.single")
        alone = len(self.waits)
        self.waits[alone] = now
        self.accounts[account]["person"] = alone

    # -------------------------------------------------------------- votes

    def vote(self, number: int, account: int, event: str, action: tuple[Any, ...], now: datetime) -> Any:
        """Do `("pick", numbers, want)`, `("finish", page)` or `("undo",)`; returns what is picked by it."""
        person = self.person(account)
        ballot = self.ballots.get((number, person), new_ballot())
        if (account, event) in ballot["answers"]:
            return ballot["answers"][account, event]
        self._check_votable(number, now)
        self._check_entry(number, person)
        changes = self._changes(number, person, ballot, action)
        kind = action[0] if action[0] != "pick" or changes else "none"
        before = {design: ballot["cells"].get(design, (None, False, None))[0] for design in changes}
        for design, (picked, seen) in changes.items():
            ballot["cells"][design] = (picked, seen, now)
        ballot["history"].append({"at": now, "kind": kind, "before": before, "undone": False})
        turned = {d: p is True for d, (p, _) in changes.items() if (p is True) is not (before[d] is True)}
        ballot["answers"][account, event] = turned
        self.ballots[number, person] = ballot
        return turned

    def _check_votable(self, number: int, now: datetime) -> None:
        round_ = self.rounds[number]
        code = {
            "paused": "vote.paused",
            "draft": "vote.early",
            "scheduled": "vote.early",
            "void": "vote.void",
        }
        if round_["state"] in code:
            raise Refusal(code[round_["state"]])
        if round_["state"] != "open" or not now < round_["closes_at"]:
            raise Refusal("vote.late")

    def _check_entry(self, number: int, person: int) -> None:
        opened_at = self.rounds[number]["opened_at"]
        mine = [f for a, f in self.accounts.items() if f["person"] == person and f["joined"] != "not"]
        if not mine:
            raise Refusal("vote.outsider")
        waits = self.waits[person]
        if waits is not None and not opened_at > waits:
            raise Refusal("vote.waits")
        if all(f["joined"] == "recorded" and f["at"] > opened_at for f in mine):
            raise Refusal("vote.joined_late")

    def _changes(
        self, number: int, person: int, ballot: dict[str, Any], action: tuple[Any, ...]
    ) -> dict[int, tuple[bool | None, bool]]:
        """Say what an action makes of which designs; what is so already is left out."""
        cells = ballot["cells"]

        def now(design: int) -> tuple[bool | None, bool]:
            picked, seen, _ = cells.get(design, (None, False, None))
            return picked, seen

        def put(design: int, pick: bool) -> tuple[bool | None, bool]:
            seen = now(design)[1]
            return (True if pick else (False if seen else None)), seen

        match action:
            case ("pick", numbers, want):
                if any(n not in self.rounds[number]["candidates"] for n in numbers):
                    raise Refusal("ballot.number")
                wanted = {n: put(n, now(n)[0] is not True if want is None else want) for n in numbers}
            case ("finish", page):
                order = self.orders.get((number, person), [])
                pages = [order[i : i + self.page_size] for i in range(0, len(order), self.page_size)]
                if not 1 <= page <= len(pages):
                    raise Refusal("ballot.page")
                wanted = {n: (now(n)[0] is True, True) for n in pages[page - 1]}
            case _:
                left = [p for p in ballot["history"] if p["kind"] == "pick" and not p["undone"]]
                if not left:
                    raise Refusal("undo.nothing")
                last = left[-1]
                last["undone"] = True
                wanted = {n: put(n, picked is True) for n, picked in last["before"].items()}
        return {n: cell for n, cell in wanted.items() if cell != now(n)}

    # -------------------------------------------------------------- counts

    def counted(self, number: int) -> list[dict[str, Any]]:
        """List the ballots that count: not set aside, and with an answer."""
        return [
            b
            for (n, _), b in self.ballots.items()
            if n == number and not b["aside"] and any(c[0] is not None for c in b["cells"].values())
        ]

    def tally(self, number: int) -> dict[int, tuple[int, int]]:
        """Count (answers, picks) by design."""
        found: dict[int, tuple[int, int]] = {}
        for ballot in self.counted(number):
            for design, (picked, _, _) in ballot["cells"].items():
                answers, picks = found.get(design, (0, 0))
                found[design] = (answers + (picked is not None), picks + (picked is True))
        return {design: counts for design, counts in found.items() if counts != (0, 0)}

    # -------------------------------------------------------------- rounds

    def _need(self, number: int, event: str, *states: str) -> dict[str, Any]:
        round_ = self.rounds[number]
        if round_["state"] not in states:
            raise Refusal(f"round.cannot_{event}")
        return round_

    def schedule(self, number: int, now: datetime) -> None:
        round_ = self._need(number, "schedule", "draft")
        if round_["opens_at"] <= now:
            raise Refusal("round.opening_past")
        round_["state"] = "scheduled"

    def open(self, number: int, now: datetime) -> None:
        """Open a round: the first with every design, the next with the survivors of the one before."""
        if number and self.rounds[number - 1]["state"] != "signed_off":
            raise Refusal("round.earlier_open")
        round_ = self._need(number, "open", "draft", "scheduled")
        competing = sorted(self.rounds[number - 1]["kept"]) if number else self.designs
        if len(competing) <= round_["keep"]:
            raise Refusal("round.too_few")
        if round_["closes_at"] <= now:
            round_["closes_at"] = now + (round_["planned"] - round_["opens_at"])
        round_ |= {"state": "open", "opened_at": now, "candidates": competing}

    def _check_not_over(self, number: int, now: datetime) -> None:
        if self.rounds[number]["state"] == "open" and now >= self.rounds[number]["closes_at"]:
            raise Refusal("round.over")

    def pause(self, number: int, now: datetime) -> None:
        self._check_not_over(number, now)
        self._need(number, "pause", "open").update(state="paused", paused_at=now)

    def resume(self, number: int, now: datetime) -> None:
        round_ = self._need(number, "resume", "paused")
        round_["closes_at"] += max(now - round_["paused_at"], timedelta())
        round_ |= {"state": "open", "paused_at": None}

    def extend(self, number: int, by: timedelta, now: datetime) -> None:
        self._check_not_over(number, now)
        self._need(number, "extend", *RUNNING)["closes_at"] += by

    def close(self, number: int, now: datetime) -> None:
        round_ = self._need(number, "close", *RUNNING)
        round_ |= {
            "state": "closed", "closes_at": min(round_["closes_at"], now), "paused_at": None,
            "quorum_met": len(self.counted(number)) >= round_["quorum"],
        }  # fmt: skip

    def void(self, number: int) -> None:
        self._need(number, "void", "draft", "scheduled", *RUNNING, "closed")["state"] = "void"

    def tick(self, now: datetime) -> None:
        """Do what time demands of the rounds as they are now, then count what has closed."""
        due = [n for n, r in enumerate(self.rounds) if _is_due(r, now)]
        for number in due:
            round_ = self.rounds[number]
            if round_["state"] == "scheduled":
                try:
                    self.open(number, now)
                except Refusal:
                    round_["state"] = "draft"
            elif len(self.counted(number)) < round_["quorum"] and not round_["extended"]:
                round_ |= {"closes_at": max(round_["closes_at"], now) + round_["extend_by"], "extended": True}
            else:
                self.close(number, now)
        for number, round_ in enumerate(self.rounds):
            if round_["state"] == "closed" and round_["counted"] is None:
                round_["counted"] = self.tally(number)

    # -------------------------------------------------------------- the cut

    def mark(self, number: int, design: int, kind: str | None) -> None:
        round_ = self.rounds[number]
        if round_["state"] != "closed":
            raise Refusal("mark.not_closed")
        if design not in round_["candidates"]:
            raise Refusal("mark.unknown")
        marks = {**round_["marks"], design: kind}
        if kind is None:
            del marks[design]
        elif round_["counted"] is not None and list(marks.values()).count("keep") > round_["keep"]:
            raise Refusal("cut.keeps")
        round_["marks"] = marks

    def sign(self, number: int, accept: bool, now: datetime) -> None:
        """Sign; `kept` is filled in by who compares, once it has been found to be a cut by the rules."""
        round_ = self._need(number, "sign", "closed")
        if not round_["quorum_met"] and not accept:
            raise Refusal("round.quorum")
        if round_["counted"] is None:
            raise Refusal("round.uncounted")
        if list(round_["marks"].values()).count("keep") > round_["keep"]:
            raise Refusal("cut.keeps")
        round_["state"] = "signed_off"
        following = self.rounds[number + 1 :][:1]
        for next_ in following:
            if next_["state"] == "draft" and next_["opens_at"] > now:
                next_["state"] = "scheduled"

    def unsign(self, number: int) -> None:
        round_ = self._need(number, "unsign", "signed_off")
        following = self.rounds[number + 1 :][:1]
        if any(n["state"] not in ("draft", "scheduled") for n in following):
            raise Refusal("round.next_opened")
        for next_ in following:
            next_["state"] = "draft"
        round_ |= {"state": "closed", "kept": None}


def new_ballot() -> dict[str, Any]:
    """Make an empty ballot: cells are design → (picked, seen, when), the history is oldest first."""
    return {"cells": {}, "history": [], "answers": {}, "aside": False}


def _is_due(round_: dict[str, Any], now: datetime) -> bool:
    if round_["state"] == "scheduled":
        return bool(round_["opens_at"] <= now)
    return bool(round_["state"] == "open" and round_["closes_at"] <= now)
