"""A chat platform outside, which notes every post that reached it: what was sent cannot be taken back."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

NAME, GROUP = "megaphone", "square"
"""How Catwalk calls it, and its one group."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A post as it arrived: which errand, of which kind, from which process."""

    key: str
    kind: str
    sender: int


class Platform:
    """Takes posts at `address`. While `open` is cleared it notes them and does not answer."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.open = Event()
        self.open.set()
        self.address = ""

    @property
    def repeats(self) -> int:
        """Count the posts that arrived although they had arrived before."""
        keys = Counter(post.key for post in self.arrived)
        return keys.total() - len(keys)

    @property
    def kinds(self) -> list[str]:
        """Name what arrived for the first time, in order."""
        return list({post.key: post.kind for post in self.arrived}.values())

    def take(self, arrived: Arrived) -> str:
        """Note a post, and answer with the platform's own id for it."""
        self.arrived.append(arrived)
        number = len(self.arrived)
        self.open.wait()
        return f"message-{number}"


@contextmanager
def listening() -> Iterator[Platform]:
    """Run a platform on a free port until the block ends."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = platform.take(Arrived(**said)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing: the posts are the log."""

        def handle(self) -> None:
            with suppress(ConnectionError):  # the sender was killed while it waited
                super().handle()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        platform.address = f"127.0.0.1:{server.server_port}"
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield platform
        finally:
            platform.open.set()
            server.shutdown()
            serving.join()
