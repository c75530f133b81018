"""Who sits in the browser: one signed cookie, and the form tokens bound to it."""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from itsdangerous import BadSignature, Signer, TimestampSigner, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

DAYS = 24 * 60 * 60
KEEP_S = 180 * DAYS
RENEW_S = 30 * DAYS
"""A cookie older than this is signed anew at the next visit, so a regular fan is never signed out."""
FLASH_S = 60


@dataclass(frozen=True, slots=True)
class Session:
    """One browser. `key` is random and binds form tokens; `remote_id` is empty until someone entered.

    `staff` is a hint for showing the way to the desk and opens no door.
    """

    key: str
    remote_id: str = ""
    name: str = ""
    language: str = ""
    staff: bool = False

    @classmethod
    def fresh(cls) -> "Session":
        return cls(secrets.token_urlsafe(16))

    def entered(self, remote_id: str, name: str) -> "Session":
        """Give the browser its account under a new key, so that no earlier token is worth anything."""
        return replace(self, key=secrets.token_urlsafe(16), remote_id=remote_id, name=name)


@dataclass(frozen=True, slots=True)
class Flash:
    """A sentence carried over one redirect, already in the reader's language."""

    words: str
    kind: str = "done"


class _ClockSigner(TimestampSigner):
    clock: Callable[[], datetime]

    def get_timestamp(self) -> int:
        return int(self.clock().timestamp())


class Sessions:
    """Read and write the cookies. Anything forged, foreign or too old reads as nobody."""

    def __init__(self, secret: str, clock: Callable[[], datetime], secure: bool) -> None:
        signer = type("Clocked", (_ClockSigner,), {"clock": staticmethod(clock)})
        self._pages = URLSafeTimedSerializer(secret, salt="catwalk.session", signer=signer)
        self._flashes = URLSafeTimedSerializer(secret, salt="catwalk.flash", signer=signer)
        self._tokens = Signer(secret, salt="catwalk.form", key_derivation="hmac")
        self._clock = clock
        self._secure = secure
        self.cookie = "__Host-catwalk" if secure else "catwalk"
        self.flash_cookie = f"{self.cookie}-said"

    def read(self, request: Request) -> tuple[Session | None, bool]:
        """Return the browser's session, and whether its cookie is due to be signed anew."""
        found = self._load(self._pages, request.cookies.get(self.cookie), KEEP_S)
        if found is None:
            return None, False
        values, signed_at = found
        try:
            session = Session(**values)
        except TypeError:
            return None, False
        return session, (self._clock() - signed_at).total_seconds() > RENEW_S

    def write(self, response: Response, session: Session) -> None:
        self._set(response, self.cookie, self._pages.dumps(asdict(session)), KEEP_S)

    def forget(self, response: Response) -> None:
        self._delete(response, self.cookie)

    def read_flash(self, request: Request) -> Flash | None:
        found = self._load(self._flashes, request.cookies.get(self.flash_cookie), FLASH_S)
        return Flash(str(found[0].get("words", "")), str(found[0].get("kind", ""))) if found else None

    def write_flash(self, response: Response, flash: Flash) -> None:
        words = {"words": flash.words[:600], "kind": flash.kind}
        self._set(response, self.flash_cookie, self._flashes.dumps(words), FLASH_S)

    def forget_flash(self, response: Response) -> None:
        self._delete(response, self.flash_cookie)

    def token(self, session: Session) -> str:
        """Make the token that every form of this browser carries."""
        return self._tokens.get_signature(session.key).decode()

    def owns(self, session: Session, token: str) -> bool:
        return self._tokens.verify_signature(session.key, token.encode())

    def _set(self, response: Response, name: str, value: str, max_age_s: int) -> None:
        response.set_cookie(
            name, value, max_age=max_age_s, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self._secure, httponly=True, samesite="lax")

    @staticmethod
    def _load(
        serializer: URLSafeTimedSerializer, value: str | None, max_age_s: int
    ) -> tuple[dict[str, Any], datetime] | None:
        if not value:
            return None
        try:
            values, signed_at = serializer.loads(value, max_age=max_age_s, return_timestamp=True)
        except BadSignature:
            return None
        return (values, signed_at) if isinstance(values, dict) else None
