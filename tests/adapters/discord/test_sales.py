"""Presales on Discord: what a channel is told, an order quoted before it counts, and given back."""

from collections.abc import AsyncIterator

import pytest

from bot.storage.store import Store
from tests.adapters.discord.stage import Stage, labels, parts, screen, staged, words
from tests.clock import Clock
from tests.made_presale import MadePresale, made_presale


@pytest.fixture
async def selling(file_store: Store, clock: Clock) -> AsyncIterator[Stage]:
    made = await made_presale(file_store, clock)
    async with staged(made) as stage:
        await stage.set_up()
        yield stage


async def test_an_order_is_quoted_confirmed_and_given_back(selling: Stage) -> None:
    made = selling.made
    assert isinstance(made, MadePresale)
    ada = selling.member("ada")
    shown = screen(await ada.slash(selling.votes, "presales"))
    presale = screen(await ada.click(shown, label=f"#{made.number:03d}"))
    assert "€100 now" in words(presale)
    colours, sizes = [part for part in parts(presale) if part["type"] == 3]
    assert [option["label"] for option in colours["options"]] == ["Sage", "Black"]
    presale = screen(await ada.select(presale, [colours["options"][0]["value"]], custom_id="colour"))
    sizes = next(part for part in parts(presale) if part.get("custom_id") == "size")
    presale = screen(await ada.select(presale, [sizes["options"][1]["value"]], custom_id="size"))
    presale = screen(await ada.click(presale, label="+"))
    assert "2 × €100 = €200" in words(presale)
    ordered = screen(await ada.click(presale, label="Order for €200"))
    assert "You hold 2" in words(ordered)
    orders = screen(await ada.click(ordered, label="My orders"))
    assert "2 × Sage, size M, €200" in words(orders)
    asked = screen(await ada.click(orders, label=labels(orders)[0][0]))
    assert "Give this order back?" in words(asked)
    gone = screen(await ada.click(asked, label="Cancel this order"))
    assert "Cancelled." in words(gone)


async def test_an_order_is_quoted_from_a_command(selling: Stage) -> None:
    made = selling.made
    assert isinstance(made, MadePresale)
    ada = selling.member("ada")
    await ada.slash(selling.votes, "presales")
    quoted = await ada.slash(selling.votes, "order", number=made.number, quantity=11, colour="sage", size="M")
    assert "at most" in words(screen(quoted)) or "10" in words(screen(quoted))
    quoted = await ada.slash(selling.votes, "order", number=made.number, quantity=3, colour="sage", size="M")
    chosen = [o["label"] for part in parts(screen(quoted)) for o in part.get("options", []) if o["default"]]
    assert chosen == ["Sage", "M"]
    assert "× 3" in labels(screen(quoted))[0]
    assert words(screen(quoted)).count("3 × €100 = €300") == 1
    ordered = screen(await ada.click(screen(quoted), label="Order for €300"))
    assert "You hold 3" in words(ordered)


async def test_a_price_step_is_told_and_the_post_leads_to_the_order(selling: Stage) -> None:
    made = selling.made
    assert isinstance(made, MadePresale)
    ada = selling.member("ada")
    await ada.slash(selling.votes, "presales")
    quoted = await ada.slash(selling.votes, "order", number=made.number, quantity=10, colour="sage", size="M")
    await ada.click(screen(quoted), label="Order for €1,000")
    await selling.relay()
    assert "€110 from now on" in words(selling.card)
    bob = selling.member("bob")
    presale = screen(await bob.click(selling.card, label="Order"))
    assert presale.ephemeral
    assert "€110 now" in words(presale)
