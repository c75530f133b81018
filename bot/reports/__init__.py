"""Pictures of what was counted. What is drawn is a value; drawing it happens in a process of its own."""

from bot.reports.chart import CutChart, Row, Words
from bot.reports.easel import Easel

__all__ = ["CutChart", "Easel", "Row", "Words"]
