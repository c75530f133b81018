"""The settings of an installation: environment over `.env` over `catwalk.toml` over the defaults.

`config/default.toml` mirrors every setting and is written from the model (`make settings`). Secrets live
in the environment or `.env` only; a problem names the place and the key, and never shows a value.
"""

from bot.settings.entries import Entry, as_toml, entries
from bot.settings.model import Database, Limits, Log, Photos, Relay, Room, Settings, Votes
from bot.settings.read import load

__all__ = [
    "Database",
    "Entry",
    "Limits",
    "Log",
    "Photos",
    "Relay",
    "Room",
    "Settings",
    "Votes",
    "as_toml",
    "entries",
    "load",
]
