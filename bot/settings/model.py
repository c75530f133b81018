"""Every setting with its default, its unit and its range: the one place they are declared."""

import re
from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, TomlConfigSettingsSource
from pydantic_settings.sources import PydanticBaseSettingsSource

from bot.errors import ConfigError, Problem
from bot.intake.limits import DEFAULTS, PhotoLimits
from bot.settings.places import PREFIX, config_file
from bot.text import Text, t

_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class Refusal(ValueError):
    """Refuse a value with a sentence of our own."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


def setting(
    default: Any, what: str, *, unit: str = "", low: float | None = None, high: float | None = None
) -> Any:
    """Declare a setting; `what` and `unit` are its line in `config/default.toml`."""
    return Field(default, description=what, ge=low, le=high, json_schema_extra={"unit": unit})


class Group(BaseModel):
    """A table of settings."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Database(Group):
    """Where campaigns, ballots and votes are kept."""

    url: str = Field(
        "sqlite+aiosqlite:///var/catwalk.db",
        description="A SQLite file to start with, or postgresql://… for a bigger shop. "
        "A password belongs in the environment: CATWALK_DATABASE__URL.",
        repr=False,
    )
    pool_size: int = setting(
        5,
        "Connections kept open by each process; a crowd may double them, and three more wait for no crowd.",
        unit="connections",
        low=1,
        high=100,
    )

    @field_validator("url")
    @classmethod
    def name_driver(cls, url: str) -> str:
        """Name the asynchronous driver, which a bare `postgresql://` does not."""
        scheme, found, rest = url.partition("://")
        drivers = {
            "postgresql": "postgresql+asyncpg",
            "postgres": "postgresql+asyncpg",
            "sqlite": "sqlite+aiosqlite",
        }
        scheme = drivers.get(scheme, scheme)
        if not found or scheme not in drivers.values():
            raise Refusal(
                t("This is not a database URL. Use sqlite:///var/catwalk.db or postgresql://user@host/name.")
            )
        return f"{scheme}://{rest}"


class Room(Group):
    """The browser room."""

    enabled: bool = setting(True, "Serve the browser room.")
    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 for every network of the machine.")
    port: int = setting(8000, "Port to listen on; 0 takes a free one.", unit="port", low=0, high=65535)
    base_url: str | None = Field(
        None,
        description="Where fans reach the room. Without it: host and port.",
        examples=["https://vote.example.org"],
    )
    proxies: str = setting(
        "127.0.0.1",
        "Addresses or networks of the proxies and load balancers in front, separated by commas. Only they "
        "are believed about who asks (X-Forwarded-For).",
    )
    open_by_name: Literal["auto"] | bool = setting(
        "auto",
        "Let anybody in who gives a name: true or false. auto opens only a room that nobody but this machine "
        "can reach: bound to localhost and without a public base_url.",
    )

    @field_validator("base_url")
    @classmethod
    def check_base_url(cls, url: str | None) -> str | None:
        """Take an address of a site and nothing after it."""
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise Refusal(t("This is not the address of a site. Write it like https://vote.example.org."))
        if parts.path.strip("/") or parts.query or parts.fragment:
            raise Refusal(
                t("The room needs a site of its own: leave out what follows {site}.", site=_site(url))
            )
        return _site(url)

    @field_validator("proxies")
    @classmethod
    def check_proxies(cls, proxies: str) -> str:
        """Take addresses and networks: a name would be believed only when it is spelt as it connects."""
        try:
            for proxy in proxies.split(","):
                ip_network(proxy.strip())
        except ValueError:
            raise Refusal(
                t("These are not addresses. Write them like 10.0.0.5 or 10.0.0.0/24, separated by commas.")
            ) from None
        return proxies

    @property
    def url(self) -> str:
        """Where fans reach the room, without a slash at the end."""
        if self.base_url:
            return self.base_url
        host = "localhost" if _everywhere(self.host) else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        return self.url.startswith("https://")

    @property
    def by_name(self) -> bool:
        """Say whether a name is enough to come in. A proxy in front makes a local room a public one."""
        if self.open_by_name == "auto":
            return _local(self.host) and _local(urlsplit(self.url).hostname or "")
        return self.open_by_name


class Telegram(Group):
    """The bot on Telegram. Without a token there is none."""

    token: SecretStr | None = Field(
        None, description="What @BotFather gives; only in the environment or .env."
    )
    base_url: str = setting(
        "https://api.telegram.org/bot",
        "Where methods are called; a Bot API server of one's own can be named.",
    )
    base_file_url: str = setting(
        "https://api.telegram.org/file/bot", "Where files are fetched; that of the same server."
    )

    mode: Literal["polling", "webhook"] = setting(
        "polling", "polling asks Telegram for what is new; webhook has it sent to webhook_url."
    )
    webhook_url: str | None = Field(
        None,
        description="Where Telegram sends updates to; with a path of its own.",
        examples=["https://bot.example.org/telegram"],
    )
    webhook_listen: str = setting("127.0.0.1", "Address to listen on for them, behind a proxy that has TLS.")
    webhook_port: int = setting(8443, "Port to listen on for them.", unit="port", low=1, high=65535)
    webhook_secret: SecretStr | None = Field(
        None,
        description="By what Telegram proves itself: 16 to 256 of A-Z a-z 0-9 _ and -; only in the "
        "environment or .env.",
    )

    @field_validator("base_url", "base_file_url", "webhook_url")
    @classmethod
    def check_url(cls, url: str | None) -> str | None:
        """Take an address."""
        parts = urlsplit(url or "https://none")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refusal(t("This is not an address. Write it like https://api.telegram.org/bot."))
        return url

    @field_validator("webhook_secret")
    @classmethod
    def check_webhook_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse a secret that Telegram does not take, or that can be guessed."""
        if secret is not None and not _WEBHOOK_SECRET.fullmatch(secret.get_secret_value()):
            raise Refusal(t("The webhook’s secret takes 16 to 256 of A-Z a-z 0-9 _ and -."))
        return secret

    def need_webhook(self) -> tuple[str, str]:
        """Return the webhook's URL and secret, or raise ConfigError that says what is missing."""
        missing = [
            Problem(name, t("The webhook needs it; or set CATWALK_TELEGRAM__MODE to polling."))
            for name, value in (
                ("CATWALK_TELEGRAM__WEBHOOK_URL", self.webhook_url),
                ("CATWALK_TELEGRAM__WEBHOOK_SECRET", self.webhook_secret),
            )
            if value is None
        ]
        if self.webhook_url is None or self.webhook_secret is None:
            raise ConfigError(missing)
        return self.webhook_url, self.webhook_secret.get_secret_value()


class Discord(Group):
    """The bot on Discord. Without a token there is none."""

    token: SecretStr | None = Field(
        None, description="What the developer portal gives; only in the environment or .env."
    )
    server: int | None = Field(
        None,
        description="While developing: the id of the one server where commands are registered, at once. "
        "Without it they are everywhere.",
        examples=[81384788765712384],
        gt=0,
    )


class Photos(Group):
    """The designs' photos."""

    folder: Path = setting(Path("var/photos"), "Folder of the cleaned photos and their tiles.")
    max_bytes: int = setting(20_000_000, "Largest photo file.", unit="bytes", low=10_000, high=200_000_000)
    max_pixels: int = setting(
        60_000_000, "Largest photo, width times height.", unit="pixels", low=40_000, high=300_000_000
    )
    min_side: int = setting(200, "Shortest side of a photo.", unit="pixels", low=1, high=2000)

    @property
    def limits(self) -> PhotoLimits:
        """What one photo may be."""
        return replace(
            DEFAULTS.photo, max_bytes=self.max_bytes, max_pixels=self.max_pixels, min_side=self.min_side
        )


class Log(Group):
    """What is written to standard error while Catwalk runs."""

    level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "The least weighty events to write."
    )
    format: Literal["auto", "json", "text"] = setting(
        "auto", "auto writes text to a terminal and JSON, one event a line, to anything else."
    )


class Relay(Group):
    """The rhythm of what happens by itself."""

    drain_s: float = setting(1.0, "Between two looks for posts to send.", unit="seconds", low=0.05, high=60)
    reconcile_s: float = setting(
        60.0, "Between two comparisons of live posts with the truth.", unit="seconds", low=1, high=3600
    )
    tick_s: float = setting(
        1.0, "Between two looks for rounds to open or close.", unit="seconds", low=0.05, high=60
    )
    lease_s: float = setting(
        10.0,
        "How long a worker that died or hangs keeps a platform before another one takes over, a quarter of "
        "it more at worst.",
        unit="seconds",
        low=1,
        high=12,
    )


class Votes(Group):
    """Votes that arrive together are saved together."""

    queue: int = setting(
        10_000,
        "Presses that may wait; one round alone fills half, then its fans are asked to try again.",
        unit="presses",
        low=100,
        high=1_000_000,
    )
    batch: int = setting(512, "Presses saved in one transaction at most.", unit="presses", low=1, high=5000)


class Limits(Group):
    """What one account, or for entries one address, may do. Each process that serves pages counts alone."""

    presses: int = setting(300, "Presses of one account.", unit="a minute", low=10, high=100_000)
    comments: int = setting(20, "Comments of one account.", unit="a minute", low=1, high=10_000)
    entries: int = setting(10, "Attempts to enter from one address.", unit="a minute", low=1, high=10_000)


class Settings(BaseSettings):
    """Everything an installation may set. Use `load`, which reports every problem in one go."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_file=".env",
        env_ignore_empty=True,
        dotenv_filtering="only_existing",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    secret: SecretStr | None = Field(
        None,
        description="Signs links and cookies. At least 32 characters; only in the environment or .env.",
    )
    database: Database = Database()
    room: Room = Room()
    telegram: Telegram = Telegram()
    discord: Discord = Discord()
    photos: Photos = Photos()
    log: Log = Log()
    relay: Relay = Relay()
    votes: Votes = Votes()
    limits: Limits = Limits()

    @field_validator("secret")
    @classmethod
    def check_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse a secret that can be guessed."""
        if secret is not None and len(secret.get_secret_value()) < 32:
            raise Refusal(
                t("The secret is too short: it takes at least 32 characters. {how}", how=_MAKE_SECRET)
            )
        return secret

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the TOML file below the environment."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, dotenv_settings, toml

    def need_secret(self) -> str:
        """Return the secret, or raise ConfigError with the way to make one."""
        if self.secret is None:
            text = t(
                "Catwalk signs links and cookies with a secret, and has none yet. {how}", how=_MAKE_SECRET
            )
            raise ConfigError([Problem("CATWALK_SECRET", text)])
        return self.secret.get_secret_value()


_MAKE_SECRET = t(
    "Make one with this command: {command}",
    command="python3 -c \"import secrets; print('CATWALK_SECRET=' + secrets.token_hex(32))\" >> .env",
)


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _local(host: str) -> bool:
    return host == "localhost" or _is(host, "is_loopback")


def _everywhere(host: str) -> bool:
    return not host or _is(host, "is_unspecified")


def _is(host: str, quality: str) -> bool:
    try:
        return bool(getattr(ip_address(host), quality))
    except ValueError:
        return False
