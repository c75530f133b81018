"""How an interaction is answered: once, within three seconds, in place of the private screen it came from."""

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import discord
import structlog
from discord import HTTPException, Interaction

from bot.adapters.discord.pictures import Kept, attached, files, kept, lacking, parts_of
from bot.adapters.discord.shown import Part, Shown
from bot.port.pictures import Studio

log = structlog.get_logger()


class Screen(discord.ui.LayoutView):
    """Components as they are sent.

    It is finished from the beginning, so that the library keeps nothing of it: what is pressed comes in by
    what it carries, however old its message is.
    """

    def __init__(self, parts: list[Part]) -> None:
        super().__init__(timeout=None)
        self._parts = parts
        self.stop()

    def to_components(self) -> list[Part]:
        return self._parts

    def has_components_v2(self) -> bool:
        return True


class Form(discord.ui.Modal):
    """A form as it is sent; it too is answered by what it carries, and not kept."""

    def __init__(self, title: str, carries: str, parts: list[Part]) -> None:
        super().__init__(title=title, custom_id=carries)
        self._parts = parts
        self.stop()

    def to_components(self) -> list[Part]:
        return self._parts


class Window:
    """Answers one interaction. Only who acts sees what it shows."""

    def __init__(self, interaction: Interaction, studio: Studio) -> None:
        self._interaction = interaction
        self._studio = studio
        self._speaking = asyncio.Lock()
        self._held = False

    @property
    def in_place(self) -> bool:
        """Say whether there is a private message of ours to change."""
        message = self._interaction.message
        return message is not None and message.flags.ephemeral

    async def hold(self) -> None:
        """Ask for time: three seconds are over soon, fifteen minutes are not."""
        async with self._speaking:
            if self._interaction.response.is_done():
                return
            self._held = True
            await self._interaction.response.defer(ephemeral=True, thinking=not self.in_place)

    async def show(self, shown: Shown) -> None:
        """Show something in place of what was pressed, or by itself."""
        there = attached(self._interaction.message) if self.in_place else {}
        new = await files(self._studio, lacking(shown, there))
        async with self._speaking:
            if not self.in_place:
                await self._say(shown, new)
            elif self._held:
                await self._change_late(shown, kept(shown, there), new)
            else:
                await self._change(shown, kept(shown, there), new)

    @property
    def parts(self) -> list[Part]:
        """Read what the private message shows that was pressed."""
        message = self._interaction.message
        return parts_of(message) if message is not None and self.in_place else []

    async def redraw(self, parts: list[Part]) -> bool:
        """Change what was pressed, all its pictures kept; False where Discord does not bear that."""
        still = [Kept(attachment_id) for attachment_id in attached(self._interaction.message).values()]
        try:
            async with self._speaking:
                if self._held:
                    await self._interaction.edit_original_response(view=Screen(parts), attachments=still)
                else:
                    await self._interaction.response.edit_message(view=Screen(parts), attachments=still)
        except HTTPException as refused:
            if refused.status != 400:
                raise
            log.warning("redraw_refused", reason=refused.text)
            return False
        return True

    async def _change(self, shown: Shown, still: Sequence[Kept], new: list[discord.File]) -> None:
        """Change the message that was pressed. Where Discord does not bear that, say it anew below."""
        try:
            await self._interaction.response.edit_message(
                view=Screen(shown.parts()), attachments=[*still, *new]
            )
        except HTTPException as refused:
            if refused.status != 400:
                raise
            log.warning("change_refused", reason=refused.text)
            await self._say(shown, await files(self._studio, lacking(shown, {})))

    async def _change_late(self, shown: Shown, still: Sequence[Kept], new: list[discord.File]) -> None:
        """Change the message after we asked for time. New pictures cannot come in then: they go below."""
        if new:
            every = new if not still else await files(self._studio, lacking(shown, {}))
            await self._below(shown, every)
            return
        await self._interaction.edit_original_response(view=Screen(shown.parts()), attachments=list(still))

    async def say(self, shown: Shown) -> None:
        """Say something by itself, and leave what was pressed as it is."""
        new = await files(self._studio, lacking(shown, {}))
        async with self._speaking:
            await self._say(shown, new)

    async def _say(self, shown: Shown, new: list[discord.File]) -> None:
        if not self._interaction.response.is_done():
            await self._interaction.response.send_message(
                view=Screen(shown.parts()), files=new, ephemeral=True
            )
        elif self.in_place or not self._held:
            await self._below(shown, new)
        elif not new:
            await self._interaction.edit_original_response(view=Screen(shown.parts()))
        else:  # what stands for “thinking” takes no pictures
            await self._interaction.edit_original_response(view=Screen(Shown(shown.words).parts()))
            await self._below(shown, new)

    async def _below(self, shown: Shown, new: list[discord.File]) -> None:
        await self._interaction.followup.send(view=Screen(shown.parts()), files=new, ephemeral=True)

    async def ask(self, form: Form) -> None:
        """Open a form. That can only be the first answer."""
        async with self._speaking:
            await self._interaction.response.send_modal(form)

    async def hand_over(self, name: str, content: bytes, said: str) -> None:
        """Give somebody a file."""
        sent = discord.File(io.BytesIO(content), name)
        async with self._speaking:
            if self._interaction.response.is_done():
                await self._interaction.followup.send(said, file=sent, ephemeral=True)
            else:
                await self._interaction.response.send_message(said, file=sent, ephemeral=True)


def fields(interaction: Interaction) -> dict[str, Any]:
    """Read what was filled in: words, or a list of what was chosen, by each field's name."""
    found: dict[str, Any] = {}
    data: Any = interaction.data or {}
    for outer in data.get("components", []):
        for part in [outer.get("component"), *outer.get("components", [])]:
            if part:
                found[part["custom_id"]] = part["values"] if "values" in part else part.get("value")
    return found
