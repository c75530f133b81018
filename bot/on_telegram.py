"""Telegram as a part of an installation. Imported only where there is a token: its libraries load slowly."""

from bot.adapters.telegram.adapter import Account, Address, TelegramAdapter
from bot.adapters.telegram.pace import Pace
from bot.gallery import Gallery
from bot.lease import Lease
from bot.service.ledger import StoredLedger
from bot.service.memos import StoredMemos
from bot.settings import Settings
from bot.storage.store import Store, is_outage

PLATFORM = TelegramAdapter.platform


def adapter(settings: Settings, token: str, store: Store, gallery: Gallery, lease: Lease) -> TelegramAdapter:
    """Make what speaks on Telegram; nothing leaves without the lease. Raises ConfigError."""
    return TelegramAdapter(
        _account(settings, token).bot(Pace(lease.check)),
        gallery,
        StoredMemos(store, PLATFORM),
        StoredLedger(store),
        settings.need_secret().encode(),
        room=settings.room.base_url,
        address=_address(settings),
        is_outage=is_outage,
    )


async def check(settings: Settings, token: str) -> None:
    """Raise ConfigError where Telegram does not know us, does not answer, or could not reach us."""
    if (address := _address(settings)) is not None:
        address.check()
    await _account(settings, token).check()


def _account(settings: Settings, token: str) -> Account:
    return Account(token, settings.telegram.base_url, settings.telegram.base_file_url)


def _address(settings: Settings) -> Address | None:
    """Read where Telegram sends updates to; None where it is asked for them. Raises ConfigError."""
    telegram = settings.telegram
    if telegram.mode == "polling":
        return None
    url, secret = telegram.need_webhook()
    return Address(url, telegram.webhook_listen, telegram.webhook_port, secret)
