"""A Jupyter server without pages, and a client that speaks plain HTTP to it."""

from __future__ import annotations

import http.client
import json
import os
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from tests.jupyter import BARE, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_labbook.storage.labbook import LabbookFolder


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

    server: Server

    @property
    def root(self) -> Path:
        return self.server.root

    @property
    def base(self) -> str:
        return self.server.base

    @property
    def prefix(self) -> str:
        return f"{self.base}jupyter-labbook/api/"

    @property
    def url(self) -> str:
        return f"{self.server.url}/jupyter-labbook/api"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)

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
        return {"Authorization": f"token {self.server.token}"}

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
def serving(
    home: Path,
    root: Path,
    *options: str,
    base: str = "/",
    environment: dict[str, str] | None = None,
) -> Iterator[Served]:
    """Start a server with our extension, and end it afterwards.

    Unless the environment says otherwise, its user is the one of the test.
    """
    user = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
    own = {name: os.environ[name] for name in user if name in os.environ}
    home.mkdir(exist_ok=True)
    with Server(
        BARE,
        home,
        root,
        base=base,
        more=("--ServerApp.allow_unauthenticated_access=False", *options),
        environment={**own, **(environment or {})},
    ) as server:
        yield Served(server)
