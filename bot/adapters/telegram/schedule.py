"""When a call to Telegram may go, and which of those that wait goes next.

Pure: instants are arguments, in seconds. Telegram's published limits are one message a second to a chat, 20 a
minute to a group and 30 a second in all; edits count, and an album once for each of its items. A call weighs
on them from its start until so long after its end, so that they hold wherever in between Telegram counts it.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

Chat = int | str
"""A chat's id; that of a group is negative, a channel's may be its @name."""

CHAT_S = 1.0
GROUP_MOST, GROUP_S = 20, 60.0
ALL_MOST, ALL_S = 30, 1.0


@dataclass(eq=False, slots=True)
class Call:
    """A call that sends or edits. `edits` is the message it changes; if it only redraws that message, it goes
    behind calls that do more, and is dropped when another edit of the same message comes."""

    chat: Chat
    weight: int = 1
    edits: int | None = None
    redraw: bool = False
    number: int = 0
    started: bool = False


@dataclass(slots=True)
class Window:
    """At most `most` within `span_s`; `used` are (when it is free again, how much), in that order."""

    most: int
    span_s: float
    running: int = 0
    used: deque[tuple[float, int]] = field(default_factory=deque)

    def free_at(self, now: float, weight: int) -> float | None:
        """Say from when on `weight` more fit in; None is once something that runs has ended."""
        while self.used and self.used[0][0] <= now:
            self.used.popleft()
        left = min(weight, self.most)
        room = self.most - self.running - sum(each for _, each in self.used)
        at = now
        for free_at, each in self.used:
            if room >= left:
                break
            room, at = room + each, free_at
        return at if room >= left else None

    def start(self, weight: int) -> None:
        self.running += weight

    def end(self, now: float, weight: int) -> None:
        self.running -= weight
        self.used.append((now + self.span_s, weight))


@dataclass(slots=True)
class _Lane:
    """What waits for one chat, and from when on the chat takes something."""

    group: Window | None
    posts: deque[Call] = field(default_factory=deque)
    redraws: deque[Call] = field(default_factory=deque)
    running: bool = False
    free_at: float = 0.0

    def first(self) -> Call | None:
        return self.posts[0] if self.posts else self.redraws[0] if self.redraws else None

    def free_for(self, call: Call, now: float) -> float | None:
        at = now if self.group is None else self.group.free_at(now, call.weight)
        return None if at is None or self.running else max(at, self.free_at)

    def idle(self, now: float) -> bool:
        """Say whether nothing is known of this chat that matters any more."""
        if self.posts or self.redraws or self.running or self.free_at > now:
            return False
        return self.group is None or self.group.free_at(now, GROUP_MOST) == now


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes now, what would wait too long (and how long), and when to look again."""

    started: list[Call]
    late: list[tuple[Call, float]]
    next_at: float


class Schedule:
    """Every call that waits. A chat's calls go one at a time and in order, but for redraws, which go last."""

    def __init__(self) -> None:
        self._lanes: dict[Chat, _Lane] = {}
        self._all = Window(ALL_MOST, ALL_S)
        self._numbers = 0

    @property
    def crowded(self) -> bool:
        """Say whether something waits that goes before redraws."""
        return any(lane.posts for lane in self._lanes.values())

    def put(self, call: Call) -> list[Call]:
        """Queue a call; gives the redraws it makes needless, which are dropped."""
        self._numbers += 1
        call.number = self._numbers
        lane = self._lane(call.chat)
        needless = [each for each in lane.redraws if call.edits is not None and each.edits == call.edits]
        for each in needless:
            lane.redraws.remove(each)
        (lane.redraws if call.redraw else lane.posts).append(call)
        return needless

    def take(self, now: float, patience_s: float) -> Taken:
        """Start what may go now, the oldest first and redraws last."""
        late = list(self._late(now, patience_s))
        ready: list[Call] = []
        next_at = math.inf
        for lane in self._lanes.values():
            call = lane.first()
            at = lane.free_for(call, now) if call else None
            if call is None or at is None:
                continue
            if at <= now:
                ready.append(call)
            else:
                next_at = min(next_at, at)
        started: list[Call] = []
        for call in sorted(ready, key=lambda each: (each.redraw, each.number)):
            at = self._all.free_at(now, call.weight)
            if at is None or at > now:
                next_at = min(next_at, at or math.inf)
                break  # nothing overtakes an album that waits for room
            self._start(call)
            started.append(call)
        return Taken(started, late, next_at)

    def _late(self, now: float, patience_s: float) -> Iterator[tuple[Call, float]]:
        for chat in list(self._lanes):
            lane = self._lanes[chat]
            while (call := lane.first()) is not None:
                at = lane.free_for(call, now)
                if at is None or at - now <= patience_s:
                    break
                (lane.redraws if call.redraw else lane.posts).popleft()
                yield call, at - now
            if lane.idle(now):
                del self._lanes[chat]

    def _start(self, call: Call) -> None:
        lane = self._lanes[call.chat]
        (lane.redraws if call.redraw else lane.posts).popleft()
        lane.running = call.started = True
        self._all.start(call.weight)
        if lane.group is not None:
            lane.group.start(call.weight)

    def end(self, call: Call, now: float) -> None:
        """Record that a started call was answered."""
        lane = self._lanes[call.chat]
        lane.running = call.started = False
        lane.free_at = max(lane.free_at, now + CHAT_S)
        self._all.end(now, call.weight)
        if lane.group is not None:
            lane.group.end(now, call.weight)

    def hold(self, chat: Chat, until: float) -> None:
        """Send a chat nothing before an instant, as Telegram asked."""
        lane = self._lane(chat)
        lane.free_at = max(lane.free_at, until)

    def again(self, call: Call) -> bool:
        """Put a call that Telegram did not take first again; False when another edit makes it needless."""
        lane = self._lane(call.chat)
        if call.redraw and any(each.edits == call.edits for each in (*lane.posts, *lane.redraws)):
            return False
        (lane.redraws if call.redraw else lane.posts).appendleft(call)
        return True

    def forget(self, call: Call) -> None:
        """Take out a call that nobody waits for any more."""
        lane = self._lanes.get(call.chat)
        for queue in (lane.posts, lane.redraws) if lane else ():
            if call in queue:
                queue.remove(call)

    def _lane(self, chat: Chat) -> _Lane:
        if chat not in self._lanes:
            grouped = isinstance(chat, str) or chat < 0
            self._lanes[chat] = _Lane(Window(GROUP_MOST, GROUP_S) if grouped else None)
        return self._lanes[chat]
