"""A real PostgreSQL server for the tests, on a free port, with its data in a temporary folder.

The server hangs on a shell that waits for its standard input to end: when the tests are done, or are
killed, the shell stops the server by its pid and removes the folder.
"""

import asyncio
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import asyncpg

ROLE = "catwalk"

_KEEPER = """
folder=$1; shift
"$@" 2>&1 </dev/null &
pid=$!
cat >/dev/null
kill -QUIT "$pid"
wait "$pid"
rm -rf "$folder"
"""

# The server's zone is far from UTC, so that SQL that leans on it is caught.
_ALWAYS = {"listen_addresses": "127.0.0.1", "timezone": "Asia/Kathmandu", "max_connections": "60"}
_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Server:
    """A running server; each database asked of it is new."""

    port: int
    data: Path
    pid: int
    _names: Iterator[int] = field(default_factory=lambda: count(1))
    _templates: dict[str, str] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """Name `database` as SQLAlchemy does."""
        return f"postgresql+asyncpg://{ROLE}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def fresh_database(self, template: str = "template0") -> Iterator[str]:
        """Yield the URL of a new copy of `template`; drop it at the end, whoever is still connected."""
        name = self._create(template)
        try:
            yield self.url(name)
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def template(self, key: str, fill: Callable[[str], None]) -> str:
        """Return a template named by `key` for `fresh_database`, made once by `fill(url)`.

        `fill` must close its connections: PostgreSQL copies no database that is in use.
        """
        if key not in self._templates:
            name = self._create("template0")
            fill(self.url(name))
            self._templates[key] = name
        return self._templates[key]

    def execute(self, statement: str, database: str = "postgres") -> Any:
        """Run one statement and return its first value. Only outside a running event loop."""
        return asyncio.run(_value(self.port, database, statement))

    def _create(self, template: str) -> str:
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
    with _started(programs, data, owner, durable) as server:
        shown = Path(server.execute("SHOW data_directory"))
        if shown != data:
            raise RuntimeError(f"another server answers on port {server.port}: its data is in {shown}")
        yield server


@contextmanager
def _started(programs: Path, data: Path, owner: pwd.struct_passwd | None, durable: bool) -> Iterator[Server]:
    settings = {**_ALWAYS, **({} if durable else _CARELESS), "unix_socket_directories": str(data.parent)}
    said: list[str] = []
    for _attempt in range(3):  # somebody else may take the free port before the server does
        port = _free_port()
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port)]
        command += [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with subprocess.Popen(
            ["/bin/sh", "-c", _KEEPER, "keeper", str(data.parent), *command],
            **_as(owner, data.parent),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests; the server goes after them
        ) as keeper:
            if _ready(keeper, said):
                # Nobody reads its log, but a full pipe would stop it in the middle of a test.
                reader = Thread(target=_drain, args=(keeper,), daemon=True)
                reader.start()
                pid = int((data / "postmaster.pid").read_text().splitlines()[0])
                try:
                    yield Server(port, data, pid)
                finally:
                    if keeper.stdin:
                        keeper.stdin.close()
                    keeper.wait()
                    reader.join()
                return
            keeper.kill()  # the shell only: its server is gone, and the folder is still wanted
    shutil.rmtree(data.parent, ignore_errors=True)
    raise RuntimeError(f"PostgreSQL did not start: {''.join(said)}")


def _ready(keeper: subprocess.Popen[str], said: list[str]) -> bool:
    """Read what the server says until it is ready, or has given up."""
    for line in keeper.stdout or ():
        said.append(line)
        if "ready to accept connections" in line:
            return True
        if "database system is shut down" in line or "FATAL" in line:
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
