"""Keyboards under messages, checked as the server checks them."""

import json
from typing import Any
from urllib.parse import urlsplit

from tests.telegram.botapi.failures import Fail, bad

_BUTTONS, _A_ROW, _MARKUP_BYTES, _DATA_BYTES = 100, 8, 10_000, 64
_ACTIONS = ("url", "callback_data", "web_app", "pay", "switch_inline_query", "copy_text", "login_url")
_OTHERS = ("keyboard", "remove_keyboard", "force_reply")


def checked(raw: Any, *, private: bool) -> dict[str, Any] | None:
    """Give the inline keyboard to keep with a message, or None; raises the refusal of a bad one."""
    markup = _object(raw)
    if markup is None or any(name in markup for name in _OTHERS):
        return None
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('object expected as reply markup: field "inline_keyboard" must be an array of arrays')
    rows = [[_button(button, private) for button in row] for row in rows if row]
    if sum(map(len, rows)) > _BUTTONS or any(len(row) > _A_ROW for row in rows):
        raise bad("reply markup is too long")
    if len(json.dumps(rows, ensure_ascii=False).encode()) > _MARKUP_BYTES:
        raise bad("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _object(raw: Any) -> dict[str, Any] | None:
    if raw in (None, ""):
        return None
    try:
        markup = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        raise bad("can't parse reply keyboard markup JSON object") from None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    return markup


def _button(button: Any, private: bool) -> dict[str, Any]:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise _cannot("Text can't be empty" if isinstance(button, dict) else "expected an Object")
    actions = [name for name in _ACTIONS if name in button]
    if len(actions) != 1:
        raise _cannot("Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= _DATA_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if "web_app" in button and not private:
        raise bad("BUTTON_TYPE_INVALID")
    if "url" in button:
        _check_url(str(button["url"]))
    return button


def _check_url(url: str) -> None:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme == "tg":
        return
    if parts.scheme not in ("http", "https") or "." not in (parts.hostname or ""):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _cannot(why: str) -> Fail:
    return bad(f"can't parse inline keyboard button: {why}")
