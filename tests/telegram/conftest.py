"""Every test here may ask for the stand-in server and a bot of its own."""

from tests.telegram.playing import ada, api, bot, fans

__all__ = ["ada", "api", "bot", "fans"]
