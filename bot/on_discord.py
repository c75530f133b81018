"""Discord as a part of an installation. Imported only where there is a token: its library loads slowly."""

from bot.adapters.discord.adapter import Account, DiscordAdapter
from bot.gallery import Gallery
from bot.lease import Lease
from bot.service.memos import StoredMemos
from bot.settings import Settings
from bot.storage.store import Store

PLATFORM = DiscordAdapter.platform


def adapter(settings: Settings, token: str, store: Store, gallery: Gallery, lease: Lease) -> DiscordAdapter:
    """Make what speaks on Discord; nothing leaves without the lease."""
    memos = StoredMemos(store, PLATFORM)
    secret = settings.need_secret().encode()
    return DiscordAdapter(
        _account(settings, token), gallery, memos, secret, room=settings.room.base_url, check=lease.check
    )


async def check(settings: Settings, token: str) -> None:
    """Raise ConfigError where Discord does not know us, or does not answer."""
    await _account(settings, token).check()


def _account(settings: Settings, token: str) -> Account:
    return Account(token, settings.discord.server)
