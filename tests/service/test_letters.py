"""What one person is told goes to their private chats as well: once, later, or not at all."""

import pytest

from bot.errors import DeliveryError, Gone, RetryLater
from bot.i18n import Reader, render
from bot.port import Actor, Reply, Seen
from bot.port.readers import reader_of
from bot.relay import Relay
from bot.service import notices, privacy
from bot.storage import people as rows
from bot.text import When, t
from tests.made_shop import FakePlatform, MadeShop
from tests.service.test_groups import ADA, CHAT, join


class Letterbox(FakePlatform):
    """A platform that keeps letters; `wrong` is raised instead while it is set."""

    def __init__(self) -> None:
        super().__init__("telegram")
        self.letters: list[tuple[str, str]] = []
        self.wrong: DeliveryError | None = None

    async def direct(self, remote_id: str, told: Reply) -> None:
        if self.wrong is not None:
            raise self.wrong
        assert told.text is not None
        self.letters.append((remote_id, render(told.text, reader_of(told))))


@pytest.fixture
def box() -> Letterbox:
    return Letterbox()


async def deliver(made: MadeShop, box: Letterbox) -> int:
    return await Relay(made.store, box, lambda: None).deliver()


async def tell(made: MadeShop, actor: Actor = ADA) -> None:
    """Tell a fan something once."""
    async with made.store.begin() as tx:
        person = await rows.find_person(tx, actor.platform, actor.remote_id)
        assert person is not None
        await notices.tell(tx, person.fan_id, "k", t("Done"), await tx.now())


@pytest.fixture
async def told(made: MadeShop) -> MadeShop:
    """A shop in which Ada, who is on Telegram, was told something."""
    await join(made)
    await made.catwalk.hear(Seen(ADA, CHAT))
    await tell(made)
    return made


async def test_a_notice_arrives_once_in_its_readers_language(told: MadeShop, box: Letterbox) -> None:
    assert await deliver(told, box) == 1
    await tell(told)
    assert await deliver(told, box) == 0
    assert box.letters == [("7", render(t("Done"), Reader("fr")))]


async def test_a_letter_waits_as_its_platform_asks(told: MadeShop, box: Letterbox) -> None:
    box.wrong = RetryLater(30)
    assert await deliver(told, box) == 0
    box.wrong = None
    assert await deliver(told, box) == 0
    told.clock.advance(seconds=31)
    assert await deliver(told, box) == 1


async def test_who_cannot_be_written_to_is_not_tried_again(told: MadeShop, box: Letterbox) -> None:
    box.wrong = Gone("blocked")
    assert await deliver(told, box) == 0
    box.wrong = None
    told.clock.advance(days=1)
    assert await deliver(told, box) == 0


async def test_the_room_needs_no_letters(made: MadeShop, box: Letterbox) -> None:
    await tell(made, await made.fan(1))
    box.platform = "room"
    assert await deliver(made, box) == 0


async def test_a_letter_that_is_too_old_is_given_up(told: MadeShop, box: Letterbox) -> None:
    told.clock.advance(days=2, seconds=1)
    assert await privacy.tidy(told.store) > 0
    assert await deliver(told, box) == 0


async def test_who_is_forgotten_gets_no_letter(told: MadeShop, box: Letterbox) -> None:
    await privacy.forget(told.shop, ADA, "yes")
    assert await deliver(told, box) == 0


async def test_times_are_told_by_the_clock_of_the_readers_campaign(made: MadeShop, box: Letterbox) -> None:
    await join(made)
    await made.catwalk.hear(Seen(ADA, CHAT))
    async with made.store.begin() as tx:
        person = await rows.find_person(tx, ADA.platform, ADA.remote_id)
        assert person is not None
        await notices.tell(tx, person.fan_id, "k", t("{at}", at=When(await tx.now())), await tx.now())
    await deliver(made, box)
    assert [words for _, words in box.letters] == ["ven. 27 nov., 20:00 (Berlin)"]
