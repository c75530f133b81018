"""Discord, through discord.py."""

from discord import VoiceClient

VoiceClient.warn_nacl = VoiceClient.warn_dave = False  # voices are not missed here
