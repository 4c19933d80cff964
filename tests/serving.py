"""A real Jupyter server with our routes, and a client that speaks plain HTTP."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_labbook.storage.labbook import LabbookFolder

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Shown:
    """A labbook of its own below a server's root."""

    served: Served
    folder: LabbookFolder

    @property
    def name(self) -> str:
        return self.folder.path.relative_to(self.served.root.resolve()).as_posix()

    def get(self, route: str, **query: Any) -> Reply:
        return self.served.get(route, labbook=self.name, **query)

    def post(self, route: str, body: object) -> Reply:
        return self.served.post(route, body, labbook=self.name)

    def stream(self, **query: Any) -> AbstractContextManager[Events]:
        return self.served.stream(labbook=self.name, **query)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    port: int
    token: str
    root: Path
    log: Path
    process: subprocess.Popen[bytes]
    base: str = "/"

    @property
    def prefix(self) -> str:
        return f"{self.base}jupyter-labbook/api/"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}".rstrip("/")

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(
        self,
        method: str,
        target: str,
        body: object = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send exactly this: nothing is encoded, joined or followed."""
        connection = self.connect()
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(method, target, sent, headers or {})
            answer = connection.getresponse()
            known = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, known, answer.read())
        finally:
            connection.close()

    @property
    def authorization(self) -> dict[str, str]:
        return {"Authorization": f"token {self.token}"}

    def cookies(self) -> dict[str, str]:
        """Log in as a page does: the session's cookie, and the one against XSRF."""
        found: dict[str, str] = {}
        for target, headers in (
            (f"{self.prefix}about", self.authorization),
            (f"{self.base}login", {}),
        ):
            connection = self.connect()
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            answer.read()
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                found[name] = value
            connection.close()
        return found

    def get(
        self, route: str, headers: dict[str, str] | None = None, **query: Any
    ) -> Reply:
        given = {**self.authorization, **(headers or {})}
        return self.ask("GET", self.target(route, **query), headers=given)

    def post(self, route: str, body: object, **query: Any) -> Reply:
        return self.ask("POST", self.target(route, **query), body, self.authorization)

    def target(self, route: str, **query: Any) -> str:
        # `from` is a word of Python's.
        named = {name.rstrip("_"): value for name, value in query.items()}
        return f"{self.prefix}{quote(route)}?{urlencode(named, doseq=True)}"

    @contextmanager
    def stream(self, **query: Any) -> Iterator[Events]:
        connection = self.connect()
        connection.request(
            "GET", self.target("stream", **query), headers=self.authorization
        )
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        events = Events(answer)
        try:
            yield events
        finally:
            answer.close()
            connection.close()


@dataclass
class Events:
    """Server-sent events, as they come."""

    answer: http.client.HTTPResponse
    comments: list[str] = field(default_factory=list)

    def next(self) -> tuple[str, dict[str, Any], str]:
        """Wait for the next event: its kind, its data and its cursor."""
        found: dict[str, str] = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if line.startswith(":"):
                self.comments.append(line)
            elif line:
                name, _, value = line.partition(": ")
                found[name] = value
            elif "event" in found:
                return found["event"], json.loads(found["data"]), found["id"]
            else:
                assert not self.answer.isclosed(), "the server ended the stream"

    def until(self, kind: str) -> dict[str, Any]:
        """Wait for an event of a kind."""
        while True:
            found, data, _ = self.next()
            if found == kind:
                return data


@contextmanager
def serving(  # what a test may want to be otherwise
    home: Path,
    root: Path,
    *options: str,
    base: str = "/",
    environment: dict[str, str] | None = None,
) -> Iterator[Served]:
    """Start a Jupyter server with our extension, and end it afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    command = [
        *(sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        f"--IdentityProvider.token={token}",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.base_url={base}",
        "--ServerApp.allow_unauthenticated_access=False",
        *options,
    ]
    for folder in ("config", "data", "runtime", "share"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    # As the wheel enables our routes where it is installed.
    enabled = home / "config" / "jupyter_server_config.d" / "jupyter_labbook.json"
    enabled.parent.mkdir(exist_ok=True)
    shutil.copy(ROOT / "labextension" / "jupyter_server_config.json", enabled)
    given = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_PATH": str(home / "share"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])
        ),
        **(environment or {}),
    }
    log = home / "server.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env=given, cwd=home
        ) as process,
    ):
        served = Served(port, token, root, log, process, base)
        try:
            _wait_for(served)
            yield served
        finally:
            process.terminate()


def _wait_for(served: Served) -> None:
    deadline = time.monotonic() + 60
    while True:
        told = served.log.read_text(errors="replace")[-3000:]
        assert served.process.poll() is None, told
        assert time.monotonic() < deadline, told
        with suppress(OSError):
            status = f"{served.base}api"
            if served.ask("GET", status, headers=served.authorization).status == 200:
                return
        time.sleep(0.05)
