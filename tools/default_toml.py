"""Write `config/default.toml` from the settings (`make settings`)."""

from pathlib import Path

from bot.settings import as_toml

Path("config/default.toml").write_text(as_toml(), encoding="utf-8")
