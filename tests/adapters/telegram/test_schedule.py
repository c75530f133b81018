"""Laws of the schedule, against a server as strict as the published limits can be read."""

import heapq
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.schedule import ALL_MOST, ALL_S, Call, Schedule
from tests.telegram.botapi.limits import Limits

PATIENCE_S = 10_000.0

calls = st.builds(
    Call,
    chat=st.sampled_from([1, 2, 3, -1, -2]),
    weight=st.sampled_from([1, 1, 1, 2, 10]),
    edits=st.sampled_from([None, 7, 8]),
)
redraws = st.builds(
    Call, chat=st.sampled_from([1, 2, -1]), edits=st.sampled_from([7, 8]), redraw=st.just(True)
)
waits = st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3, 1.0, 5.0])


@dataclass
class Played:
    """A server, and calls to it that each take a while; `arrived` is when it counted them."""

    schedule: Schedule = field(default_factory=Schedule)
    now: float = 50.0
    arrived: list[tuple[float, Call]] = field(default_factory=list)
    dropped: list[Call] = field(default_factory=list)
    _events: list[tuple[float, int, str, Call]] = field(default_factory=list)
    _order: "count[int]" = field(default_factory=count)

    def plan(self, at: float, what: str, call: Call) -> None:
        heapq.heappush(self._events, (at, next(self._order), what, call))

    def play(self, latency_s: float, part: float) -> None:
        """Play to the end: a call arrives after a `part` of its latency."""
        while True:
            taken = self.schedule.take(self.now, PATIENCE_S)
            assert not taken.late
            for call in taken.started:
                self.plan(self.now + latency_s * part, "arrive", call)
                self.plan(self.now + latency_s, "end", call)
            if self._events and self._events[0][0] <= taken.next_at:
                self.now, _, what, call = heapq.heappop(self._events)
                self._happen(what, call)
            elif taken.next_at == float("inf"):
                return
            else:
                assert taken.next_at > self.now, "it would look again without end"
                self.now = taken.next_at

    def _happen(self, what: str, call: Call) -> None:
        if what == "put":
            self.dropped += self.schedule.put(call)
        elif what == "arrive":
            self.arrived.append((self.now, call))
        else:
            self.schedule.end(call, self.now)


def played(wanted: list[tuple[float, Call]], latency_s: float = 0.0, part: float = 1.0) -> Played:
    story = Played()
    at = story.now
    for wait_s, call in wanted:
        at += wait_s
        story.plan(at, "put", call)
    story.play(latency_s, part)
    return story


stories = st.lists(st.tuples(waits, st.one_of(calls, redraws)), max_size=60)
latencies = st.sampled_from([0.0, 0.02, 0.4, 3.0])


@given(stories, latencies, st.sampled_from([0.0, 0.5, 1.0]))
def test_nothing_is_sent_too_often_however_long_it_takes(
    wanted: list[tuple[float, Call]], latency_s: float, part: float
) -> None:
    story = played(wanted, latency_s, part)
    now = 0.0
    limits = Limits(lambda: now)
    for at, call in story.arrived:
        now = at + 1e-6 * len(story.arrived)  # sums of seconds are not exact
        limits.count(int(call.chat), call.weight)
    assert len(story.arrived) + len(story.dropped) == len(wanted)


@given(stories, latencies)
def test_a_chats_calls_keep_their_order_and_only_redraws_are_dropped(
    wanted: list[tuple[float, Call]], latency_s: float
) -> None:
    story = played(wanted, latency_s)
    for chat in {call.chat for _, call in wanted}:
        asked = [call for _, call in wanted if call.chat == chat and not call.redraw]
        assert [call for _, call in story.arrived if call.chat == chat and not call.redraw] == asked
    assert all(call.redraw for call in story.dropped)


@given(stories, latencies)
def test_what_a_message_was_last_asked_to_show_is_sent(
    wanted: list[tuple[float, Call]], latency_s: float
) -> None:
    story = played(wanted, latency_s)
    sent = [call for _, call in story.arrived]
    newest = {(call.chat, call.edits): call for _, call in wanted if call.edits is not None}
    assert all(call in sent for call in newest.values())


def test_page_turns_go_before_redraws_also_of_other_chats() -> None:
    redraws = [Call(chat, edits=1, redraw=True) for chat in range(1, 41)]
    turns = [Call(chat, edits=1) for chat in range(101, 141)]
    story = Played()
    for call in redraws + turns:
        story.schedule.put(call)
    story.play(0.0, 1.0)
    order = [call for _, call in story.arrived]
    assert order[:40] == turns
    assert story.now < 53, "eighty calls at thirty a second"


def test_one_chat_on_hold_stops_no_other() -> None:
    schedule = Schedule()
    held, other = Call(1), Call(2)
    schedule.hold(1, 20.0)
    for call in (held, other):
        schedule.put(call)
    taken = schedule.take(0.0, PATIENCE_S)
    assert (taken.started, taken.next_at) == ([other], 20.0)


def test_an_album_is_not_overtaken_for_ever() -> None:
    story = Played()
    for second in range(5):
        for chat in range(1, 31):
            story.plan(50.0 + second, "put", Call(1000 * second + chat))
    album = Call(-9, weight=10)
    story.plan(50.5, "put", album)
    story.play(0.0, 1.0)
    at = next(at for at, call in story.arrived if call is album)
    assert at < 51.5


@pytest.mark.parametrize("posts", [[1], [10, 1]], ids=["a post", "an album and a post"])
def test_many_groups_are_told_almost_as_fast_as_the_limits_allow(posts: list[int]) -> None:
    """A tenth longer at most, where Telegram answers within a twentieth of a second."""
    groups = 300
    everything = [(0.0, Call(-group, weight=weight)) for weight in posts for group in range(1, groups + 1)]
    story = played(everything, latency_s=0.05)
    assert len(story.arrived) == groups * len(posts)
    fastest = (groups * sum(posts) - ALL_MOST) / ALL_MOST * ALL_S
    assert story.arrived[-1][0] - 50.0 <= 1.1 * fastest


def test_a_call_that_would_wait_too_long_is_told_so() -> None:
    schedule = Schedule()
    for second in (0.0, 2.0):
        album = Call(-1, weight=10)
        schedule.put(album)
        assert schedule.take(second, 30.0).started == [album]
        schedule.end(album, second)
    late = Call(-1)
    schedule.put(late)
    taken = schedule.take(4.0, 30.0)
    assert (taken.started, taken.late) == ([], [(late, 56.0)])
    assert schedule.take(4.0, 30.0).next_at == float("inf")


def test_a_chat_that_has_been_quiet_is_forgotten() -> None:
    schedule = Schedule()
    for chat in range(-500, 500):
        schedule.put(call := Call(chat))
        schedule.take(chat + 1000.0, PATIENCE_S)
        assert call.started
        schedule.end(call, chat + 1000.0)
    schedule.take(2000.0, PATIENCE_S)
    assert not schedule._lanes
