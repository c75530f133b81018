"""A call as it arrived: its parameters, whatever way they were sent, read as the methods want them."""

import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.telegram.botapi.failures import bad


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of one call; `files` are its uploads by the name of their part."""

    method: str
    given: dict[str, Any]
    files: dict[str, Upload] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return self.given.get(name) not in (None, "")

    def text(self, name: str) -> str:
        value = self.given.get(name)
        return "" if value is None else str(value)

    def whole(self, name: str, default: int | None = None) -> int:
        """Read a whole number; without a default it must be there."""
        value = self.given.get(name)
        if value in (None, ""):
            if default is None:
                raise bad(_MISSING.get(name, f"{name} is empty"))
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad("chat not found" if name == "chat_id" else f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        return str(self.given.get(name, "")).lower() in ("true", "1", "yes")

    def parsed(self, name: str, default: Any = None) -> Any:
        """Read a parameter that is JSON, as text or as itself."""
        value = self.given.get(name)
        if value in (None, ""):
            return default
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def listed(self, name: str, why: str) -> list[Any]:
        value = self.parsed(name, [])
        if not isinstance(value, list):
            raise bad(why)
        return value

    def upload(self, value: Any) -> Upload | None:
        """Find the upload that a value names with attach://, or that came under the value's own name."""
        name = str(value)
        return self.files.get(name.removeprefix("attach://"))


_MISSING = {"chat_id": "chat_id is empty", "message_id": "message identifier is not specified"}


async def read(request: web.Request, method: str) -> Asked:
    """Read a call's parameters from the query, a form, multipart or JSON."""
    given: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        body = await request.read()
        given |= json.loads(body) if body else {}
    elif request.can_read_body:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                files[name] = Upload(value.filename, value.file.read())
            else:
                given[name] = value
    return Asked(method, given, files)
