"""The owner's desk: pages over the room's web app to run campaigns, decide cuts and invite people."""

from pathlib import Path

from bot.desk.designs import larger_bodies
from bot.desk.routes import desk_routes

__all__ = ["STATIC", "TEMPLATES", "desk_routes", "larger_bodies"]

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
