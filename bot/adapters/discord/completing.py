"""What clients offer while an option is typed. The library takes functions for that, and no methods."""

from collections.abc import Callable, Coroutine
from typing import Any

from discord import Interaction
from discord.app_commands import Choice

from bot.adapters.discord.house import House


def campaigns_of(house: House) -> Callable[[Interaction, str], Coroutine[Any, Any, list[Choice[str]]]]:
    async def campaigns(interaction: Interaction, words: str) -> list[Choice[str]]:
        return await house.campaigns(interaction, words)

    return campaigns


def designs_of(house: House) -> Callable[[Interaction, int | str], Coroutine[Any, Any, list[Choice[int]]]]:
    async def designs(interaction: Interaction, words: int | str) -> list[Choice[int]]:
        return await house.designs(interaction, str(words))

    return designs
