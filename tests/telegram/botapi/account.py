"""Methods about the bot itself: who it is, its updates, its commands, its files."""

import re
from typing import Any
from urllib.parse import urlsplit

from tests.telegram.botapi.asked import Asked
from tests.telegram.botapi.failures import bad
from tests.telegram.botapi.state import Method, State
from tests.telegram.botapi.updates import Webhook

_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", *_CHAT_SCOPES)


def get_me(state: State, _asked: Asked) -> dict[str, Any]:
    world = state.world
    return world.bot.shown() | {
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_everything,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(state: State, asked: Asked) -> list[dict[str, Any]]:
    if "allowed_updates" in asked:
        state.updates.allow(asked.listed("allowed_updates", "can't parse allowed_updates"))
    limit = min(max(asked.whole("limit", 100), 1), 100)
    return await state.updates.poll(asked.whole("offset", 0), limit, min(asked.whole("timeout", 0), 50))


async def set_webhook(state: State, asked: Asked) -> bool:
    url = asked.text("url")
    if not url:
        return await delete_webhook(state, asked)
    if urlsplit(url).scheme not in ("http", "https"):  # a server of one's own takes http, as this one does
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = asked.text("secret_token") or None
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if "allowed_updates" in asked:
        state.updates.allow(asked.listed("allowed_updates", "can't parse allowed_updates"))
    if asked.flag("drop_pending_updates"):
        state.updates.drop()
    connections = min(max(asked.whole("max_connections", 40), 1), 100)
    await state.updates.set_webhook(Webhook(url, secret, connections))
    return True


async def delete_webhook(state: State, asked: Asked) -> bool:
    if asked.flag("drop_pending_updates"):
        state.updates.drop()
    await state.updates.set_webhook(None)
    return True


def get_webhook_info(state: State, _asked: Asked) -> dict[str, Any]:
    updates = state.updates
    info: dict[str, Any] = {
        "url": updates.webhook.url if updates.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates),
        "allowed_updates": sorted(updates.allowed),
    }
    if updates.webhook:
        info["max_connections"] = updates.webhook.connections
    if updates.last_error:
        info["last_error_date"], info["last_error_message"] = updates.last_error
    return info


# ------------------------------------------------------------------ commands


def set_my_commands(state: State, asked: Asked) -> bool:
    commands = asked.listed("commands", "can't parse commands")
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_scope(state, asked)] = commands
    return True


def get_my_commands(state: State, asked: Asked) -> list[dict[str, str]]:
    return state.commands.get(_scope(state, asked), [])


def delete_my_commands(state: State, asked: Asked) -> bool:
    state.commands.pop(_scope(state, asked), None)
    return True


def _scope(state: State, asked: Asked) -> tuple[str, int, int, str]:
    scope = asked.parsed("scope", {"type": "default"})
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind not in _SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    language = asked.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("invalid language code specified")
    if kind not in _CHAT_SCOPES:
        return (kind, 0, 0, language)
    chat = state.world.chat(int(scope.get("chat_id", 0)))
    return (kind, chat.id, int(scope.get("user_id", 0)), language)


# ------------------------------------------------------------------ files


def get_file(state: State, asked: Asked) -> dict[str, Any]:
    if "file_id" not in asked:
        raise bad("file_id not specified")
    return state.files.told(asked.text("file_id"))


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getFile": get_file,
}
