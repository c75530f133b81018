"""The tables of presales and their orders. A presale's row is the one that its orders queue on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables import Base


class Presale(Base):
    """The terms as frozen at the opening, then what became of them. `stage` is the newest announced step.

    `next_serial` never falls; `net` counts the units of all orders that were not cancelled.
    """

    __tablename__ = "presale"
    __table_args__ = (UniqueConstraint("design_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    design_id: Mapped[int] = mapped_column(ForeignKey("design.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    state: Mapped[str]
    ladder: Mapped[dict[str, Any]]
    ladder_version: Mapped[str] = mapped_column(String(16))
    sizes: Mapped[list[Any]]
    moq: Mapped[int]
    per_fan: Mapped[int]
    cap: Mapped[int]
    if_missed: Mapped[str]
    every_days: Mapped[int | None]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    last_at: Mapped[datetime]
    next_serial: Mapped[int]
    net: Mapped[int]
    stage: Mapped[int]
    closed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]


class PresaleColour(Base):
    """A production cell, by its place from 1. `counted` is what it was decided on, `units` what it is now."""

    __tablename__ = "presale_colour"
    presale_id: Mapped[int] = mapped_column(ForeignKey("presale.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    units: Mapped[int]
    counted: Mapped[int | None]


class PresaleStep(Base):
    """A step of the price that was announced, once."""

    __tablename__ = "presale_step"
    __table_args__ = (UniqueConstraint("presale_id", "stage"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    presale_id: Mapped[int] = mapped_column(ForeignKey("presale.id"))
    stage: Mapped[int]
    at: Mapped[datetime]


class FanOrder(Base):
    """One order. The price of its units stands in its lines and never changes."""

    __tablename__ = "fan_order"
    __table_args__ = (Index(None, "presale_id", "fan_id"), Index(None, "fan_id", "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    presale_id: Mapped[int] = mapped_column(ForeignKey("presale.id"))
    fan_id: Mapped[int] = mapped_column(ForeignKey("fan.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    group_id: Mapped[int] = mapped_column(ForeignKey("fan_group.id"))
    colour: Mapped[int]
    size: Mapped[str]
    quantity: Mapped[int]
    total_minor: Mapped[int]
    ladder_version: Mapped[str] = mapped_column(String(16))
    state: Mapped[str]
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OrderLine(Base):
    """Units of an order at one price. Serials are never given twice, nor back."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("presale_id", "serial_to"), Index(None, "order_id"))
    presale_id: Mapped[int] = mapped_column(ForeignKey("presale.id"), primary_key=True)
    serial_from: Mapped[int] = mapped_column(primary_key=True)
    serial_to: Mapped[int]
    order_id: Mapped[int] = mapped_column(ForeignKey("fan_order.id"))
    unit_minor: Mapped[int]


class OrderEvent(Base):
    """What happened to an order, in order. A press is one event: the same again gets the same answer.

    `account_id` and `event_id` are null for what the clock did; `answer` is the sentence, as JSON.
    """

    __tablename__ = "order_event"
    __table_args__ = (UniqueConstraint("account_id", "event_id"), Index(None, "order_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("fan_order.id"))
    kind: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    event_id: Mapped[str | None]
    at: Mapped[datetime]
    answer: Mapped[dict[str, Any] | None]
