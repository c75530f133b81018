"""Taking a port, and serving pages on it: the room's, and a webhook's."""

import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from bot.errors import ConfigError, Problem
from bot.text import t

PATIENCE_S = 5
"""How long requests under way may take when serving ends."""

_BACKLOG = 2048


def listen(host: str, port: int, setting: str) -> socket.socket:
    """Take a port; raises ConfigError with the `setting` that names it when that cannot be."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)  # now, so that of two processes started at once one is refused here
    except OSError as error:
        listening.close()
        text = t(
            "Cannot listen on {host}:{port} ({reason}). Stop what runs there, or choose another port.",
            host=host,
            port=str(port),
            reason=error.strerror or type(error).__name__,
        )
        raise ConfigError([Problem(setting, text)]) from None
    return listening


class Server(uvicorn.Server):
    """Uvicorn that logs nothing by itself and leaves signals alone: who starts it decides when it ends."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=PATIENCE_S,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
