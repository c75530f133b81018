"""Who acts, in which group, and by which event."""

from datetime import datetime

import discord
from discord import Interaction, Member, Thread, User
from discord.abc import Messageable

from bot.port import Actor

PLATFORM = "discord"


def actor_of(user: User | Member, language: str | None = None) -> Actor:
    return Actor(PLATFORM, str(user.id), user.display_name, language)


def actor_in(interaction: Interaction) -> Actor:
    """Say who acts; their client says in which language."""
    return actor_of(interaction.user, str(interaction.locale))


def group_of(channel: object) -> str | None:
    """Name the group a channel is: its own id, or for a thread its channel's. A private chat is none."""
    match channel:
        case Thread(parent_id=parent_id):
            return str(parent_id)
        case discord.abc.GuildChannel(id=channel_id):
            return str(channel_id)
    return None


def bears_posts(channel: object) -> bool:
    """Say whether the channel, or a thread's, takes messages by itself: a forum does not."""
    return isinstance(channel.parent if isinstance(channel, Thread) else channel, Messageable)


def title_of(interaction: Interaction) -> str:
    """Say what Discord calls a channel: its server's name and its own."""
    names = [getattr(there, "name", "") for there in (interaction.guild, interaction.channel)]
    return " · #".join(name for name in names if name)


def event_of(channel_id: int, message_id: int) -> str:
    """Name what a message says."""
    return f"{channel_id}.{message_id}"


def joined_at(user: User | Member) -> datetime | None:
    """Say since when somebody is on the server, where Discord says so."""
    return user.joined_at if isinstance(user, Member) else None
