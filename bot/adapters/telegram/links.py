"""Deep links into the private chat: where they lead and from which group, signed, in 64 characters."""

import base64
import hmac
from dataclasses import dataclass

PAYLOAD_LETTERS = 64
"""Longest start parameter, of A-Z a-z 0-9 _ and -: Bot API."""

_GROUP_BYTES, _SIGN_BYTES = 8, 16


@dataclass(frozen=True, slots=True)
class Way:
    """The way somebody came: the group's remote id, and the place a button names (`vote`, `presale:67`)."""

    group: str
    go: str


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads deep links to the bot of this name."""

    username: str
    secret: bytes

    def url(self, way: Way) -> str:
        return f"https://t.me/{self.username}?start={self.payload(way)}"

    def payload(self, way: Way) -> str:
        """Pack and sign a way; raises ValueError for one too long, which no button of ours is."""
        packed = int(way.group).to_bytes(_GROUP_BYTES, signed=True) + way.go.encode("ascii")
        written = base64.urlsafe_b64encode(self._sign(packed) + packed).rstrip(b"=").decode()
        if len(written) > PAYLOAD_LETTERS:
            raise ValueError(f"{way.go!r} is too long for a deep link")
        return written

    def read(self, payload: str) -> Way | None:
        """Read a payload back; None for one we did not write."""
        try:
            raw = base64.b64decode(payload + "=" * (-len(payload) % 4), altchars=b"-_", validate=True)
            signed, packed = raw[:_SIGN_BYTES], raw[_SIGN_BYTES:]
            if len(packed) < _GROUP_BYTES or not hmac.compare_digest(signed, self._sign(packed)):
                return None
            group = int.from_bytes(packed[:_GROUP_BYTES], signed=True)
            return Way(str(group), packed[_GROUP_BYTES:].decode("ascii"))
        except ValueError:
            return None

    def _sign(self, packed: bytes) -> bytes:
        return hmac.digest(self.secret, b"telegram.start:" + packed, "sha256")[:_SIGN_BYTES]
