"""Telegram, through python-telegram-bot."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")  # how the library is told to count time in timedeltas
