"""How the people of a chat platform read, and which refusals mean that we have not met them."""

from collections import OrderedDict
from dataclasses import replace
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from bot.errors import RuleError
from bot.i18n import Reader, language_of
from bot.port.asks import Actor
from bot.port.screens import Reply

STRANGERS = frozenset({"who.unknown", "room.not_member"})
"""Refusals that mean: the group this person is in is not known yet."""

_KEPT = 10_000


def reader_of(reply: Reply, zone: tzinfo = UTC) -> Reader:
    """Say how to show a reply: by its own clock, where it has one."""
    strip = reply.strip or getattr(reply.screen, "strip", None)
    named = strip.zone if strip else reply.zone
    return Reader(reply.language, ZoneInfo(named) if named else zone)


class Readers:
    """How people read, as their latest answers told; who is new is asked for by their client's language."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Reader] = OrderedDict()

    def of(self, actor: Actor) -> Reader:
        return self._known.get(actor.remote_id) or Reader(language_of(actor.language))

    def refused(self, actor: Actor, refused: RuleError) -> Reader:
        """Say how to show why not."""
        reader = self.of(actor)
        return replace(reader, zone=ZoneInfo(refused.zone)) if refused.zone else reader

    def heard(self, actor: Actor, reply: Reply) -> Reader:
        """Learn from a reply, and say how to show it."""
        reader = self._known[actor.remote_id] = reader_of(reply, self.of(actor).zone)
        self._known.move_to_end(actor.remote_id)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return reader
