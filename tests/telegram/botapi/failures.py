"""What a Bot API server says when it refuses: code, description and, for some, parameters."""

from typing import Any


class Fail(Exception):
    """A refusal. `description` is what core.telegram.org's own server says for it."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        said: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return said | ({"parameters": self.parameters} if self.parameters else {})


def bad(why: str) -> Fail:
    return Fail(400, f"Bad Request: {why}")


def forbidden(why: str) -> Fail:
    return Fail(403, f"Forbidden: {why}")


def conflict(why: str) -> Fail:
    return Fail(409, f"Conflict: {why}")


def too_many(wait_s: int) -> Fail:
    return Fail(429, f"Too Many Requests: retry after {wait_s}", {"retry_after": wait_s})
