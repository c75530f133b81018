"""Pictures as files: made anew for a message, kept where a message has them already."""

import io
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import urlsplit

import discord
from discord import File, MediaGalleryItem, Message
from discord.components import Container, MediaGalleryComponent

from bot.adapters.discord.shown import Part, Pictured, Shown
from bot.port.pictures import Studio, made


class Kept(discord.Attachment):
    """A picture that a message has already and is to keep."""

    def __init__(self, attachment_id: int) -> None:
        self.id = attachment_id

    def to_dict(self) -> dict[str, int]:  # type: ignore[override]  # the rest is not asked for
        return {"id": self.id}


async def files(studio: Studio, pictures: Collection[Pictured]) -> list[File]:
    """Make pictures; raises Refused where one cannot be."""
    return [
        File(io.BytesIO(await made(studio, one.shot)), one.name, description=one.alt or None)
        for one in pictures
    ]


def lacking(shown: Shown, there: Mapping[str, int]) -> list[Pictured]:
    """List what is not `there` yet. A picture that is wanted twice is sent once."""
    wanted = {one.name: one for one in shown.pictures}
    return [one for name, one in wanted.items() if name not in there]


def kept(shown: Shown, there: Mapping[str, int]) -> list[Kept]:
    """List what is `there` and still wanted: an answer drops every attachment that it does not name."""
    return [Kept(there[name]) for name in dict.fromkeys(p.name for p in shown.pictures) if name in there]


def attached(message: Message | None) -> dict[str, int]:
    """Read which pictures a message shows: their attachments' ids by file name.

    A message of components lists no attachments; ids and names are part of its pictures' addresses.
    """
    return {name: attachment_id for name, attachment_id, _ in _shown(message)}


def parts_of(message: Message) -> list[Part]:
    """Read a message's components as they would be sent to leave it as it is."""
    parts: list[Part] = [dict(one.to_dict()) for one in message.components]
    for part in parts:
        for inner in part.get("components", []):
            for item in inner.get("items", []):
                name = urlsplit(item["media"]["url"]).path.rpartition("/")[2]
                item["media"] = {"url": f"attachment://{name}"}
    return parts


def addresses(message: Message) -> dict[str, str]:
    """Read where the pictures of a message lie, by file name."""
    return {name: url for name, _, url in _shown(message)}


def _shown(message: Message | None) -> Iterator[tuple[str, int, str]]:
    for item in _items(message):
        url = item.media.url
        *_, attachment_id, name = ["", *urlsplit(url).path.split("/")]
        if item.media.attachment_id is not None:
            yield name, item.media.attachment_id, url
        elif attachment_id.isascii() and attachment_id.isdecimal():
            yield name, int(attachment_id), url


def _items(message: Message | None) -> Iterator[MediaGalleryItem]:
    for outer in message.components if message else ():
        inside = outer.children if isinstance(outer, Container) else [outer]
        for part in inside:
            if isinstance(part, MediaGalleryComponent):
                yield from part.items
