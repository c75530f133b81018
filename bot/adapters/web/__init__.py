"""The browser room: a fan group of our own, in a web page."""

from bot.adapters.web.page import Page
from bot.adapters.web.room import RoomAdapter
from bot.adapters.web.security import Rates

__all__ = ["Page", "Rates", "RoomAdapter"]
