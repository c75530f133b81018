"""A real PostgreSQL server for the tests, on a free port, with its data in a temporary folder.

The server hangs on a shell that waits for its standard input to end: when the tests are done, or are
killed, the shell stops the server by its pid and removes the folder. A line on that input says that the
server was stopped on purpose: then the folder stays, for the next start.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

import asyncpg

ROLE = "catwalk"

_KEEPER = """
folder=$1; shift
"$@" 2>&1 </dev/null &
pid=$!
read -r keep
[ -n "$keep" ] || kill -QUIT "$pid"
wait "$pid"
[ -n "$keep" ] || rm -rf "$folder"
"""

# The server's zone is far from UTC, so that SQL that leans on it is caught.
_ALWAYS = {"listen_addresses": "127.0.0.1", "timezone": "Asia/Kathmandu", "max_connections": "60"}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Server:
    """A server on its own data; each database asked of it is new. `pid` is that of its first process."""

    def __init__(self, programs: Path, data: Path, owner: pwd.struct_passwd | None, durable: bool) -> None:
        self.data = data
        self.port = self.pid = 0
        self._program = programs / "postgres"
        self._owner = owner
        self._settings = {
            **_ALWAYS,
            **({} if durable else _CARELESS),
            "unix_socket_directories": str(data.parent),
        }
        self._names = count(1)
        self._templates: dict[str, str] = {}

    @property
    def owner(self) -> dict[str, Any]:
        """Say whom its processes belong to and where they may work, as `subprocess.run` takes it."""
        return _as(self._owner, self.data.parent)

    def launch(self, port: int) -> str:
        """Start on the data as they are; return "" once it is ready, or what it said when it gave up."""
        command = [str(self._program), "-D", str(self.data), "-p", str(port)]
        command += [word for key, value in self._settings.items() for word in ("-c", f"{key}={value}")]
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", str(self.data.parent), *command],
            **self.owner,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # where a shell says that the server was killed
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests; the server goes after them
        )
        said: list[str] = []
        ready = _ready(self._keeper, said)
        # Nobody reads its log, but a full pipe would stop it in the middle of a test.
        self._reader = Thread(target=_drain, args=(self._keeper,), daemon=True)
        self._reader.start()
        if not ready:
            self.close(keep=True)
            return "".join(said)
        self.port, self.pid = port, int((self.data / "postmaster.pid").read_text().splitlines()[0])
        return ""

    def end(self, how: int) -> None:
        """End it by a signal, SIGINT (as an administrator in a hurry) or SIGKILL, and keep its data."""
        os.kill(self.pid, how)
        self.close(keep=True)

    def again(self, within_s: float = 30.0) -> None:
        """Start it again, where it was: after a power cut as soon as its last processes have noticed."""
        deadline, never = time.monotonic() + within_s, Event()
        while said := self.launch(self.port):
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start again: {said}")
            never.wait(0.1)

    def close(self, *, keep: bool = False) -> None:
        """End it, if it still runs, and the shell it hangs on; its folder goes unless it is to be kept."""
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        if keep:
            self._keeper.stdin.write("keep\n")
        self._keeper.stdin.close()
        self._keeper.wait()
        self._reader.join()
        self._keeper.stdout.close()

    def url(self, database: str) -> str:
        """Name `database` as SQLAlchemy does."""
        return f"postgresql+asyncpg://{ROLE}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def fresh_database(self, template: str = "template0") -> Iterator[str]:
        """Yield the URL of a new copy of `template`; drop it at the end, whoever is still connected."""
        name = self.copy(template)
        try:
            yield self.url(name)
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def template(self, key: str, fill: Callable[[str], None], of: str = "template0") -> str:
        """Return a template named by `key` for `fresh_database`, made once by `fill(url)` from another one.

        A key stands for one `of` and one `fill`, which must close its connections: PostgreSQL copies no
        database that is in use.
        """
        if key not in self._templates:
            name = self.copy(of)
            fill(self.url(name))
            self._templates[key] = name
        return self._templates[key]

    def execute(self, statement: str, database: str = "postgres") -> Any:
        """Run one statement and return its first value. Only outside a running event loop."""
        return asyncio.run(_value(self.port, database, statement))

    def copy(self, template: str) -> str:
        """Make a copy of `template`, which goes with the server, and return its name."""
        name = f"t{next(self._names)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name


@contextmanager
def running(programs: Path, *, durable: bool = False) -> Iterator[Server]:
    """Run a server from the folder `programs` until the block ends.

    `durable` keeps fsync on, for measurements and crash tests. Raises RuntimeError with the server's
    own words when it does not start.
    """
    owner = _owner()
    data = _folder(owner) / "data"
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", ROLE, "-A", "trust", "-E", "UTF8"]
    made = subprocess.run(
        [*initdb, "--locale=C", *([] if durable else ["--no-sync"])],
        **_as(owner, data.parent),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(f"initdb: {made.stderr or made.stdout}")
    server = Server(programs, data, owner, durable)
    said = ""
    for _attempt in range(3):  # somebody else may take the free port before the server does
        if not (said := server.launch(_free_port())):
            break
    else:
        shutil.rmtree(data.parent, ignore_errors=True)
        raise RuntimeError(f"PostgreSQL did not start: {said}")
    try:
        shown = Path(server.execute("SHOW data_directory"))
        if shown != data:
            raise RuntimeError(f"another server answers on port {server.port}: its data is in {shown}")
        yield server
    finally:
        server.close()


def _ready(keeper: subprocess.Popen[str], said: list[str]) -> bool:
    """Read what the server says until it is ready, or has given up."""
    for line in keeper.stdout or ():
        said.append(line)
        if "ready to accept connections" in line:
            return True
        refused = "the database system is" in line  # a client who came too early
        if "database system is shut down" in line or ("FATAL" in line and not refused):
            return False
    return False


def _drain(keeper: subprocess.Popen[str]) -> None:
    for _line in keeper.stdout or ():
        pass


async def _value(port: int, database: str, statement: str) -> Any:
    connection = await asyncpg.connect(host="127.0.0.1", port=port, user=ROLE, database=database)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _owner() -> pwd.struct_passwd | None:
    """Choose whom the server runs as: ourselves, or somebody else when we are root (initdb refuses root)."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return known[name]
    raise RuntimeError("PostgreSQL refuses to run as root, and there is no user postgres or nobody")


def _as(owner: pwd.struct_passwd | None, cwd: Path) -> dict[str, Any]:
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "HOME": str(cwd)}
    who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    return {"cwd": cwd, "env": env, **who}


def _folder(owner: pwd.struct_passwd | None) -> Path:
    """Make a folder the server's user can reach; a temporary folder inside root's home is not."""
    for place in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"]):
        folder = Path(tempfile.mkdtemp(prefix="catwalk-pg-", dir=place)).resolve()
        if owner is None:
            return folder
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        if subprocess.run(["/bin/sh", "-c", "cd ."], **_as(owner, folder), check=False).returncode == 0:
            return folder
        folder.rmdir()
    raise RuntimeError("No temporary folder can be reached by the user PostgreSQL runs as")
