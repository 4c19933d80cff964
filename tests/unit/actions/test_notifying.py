"""Whoever is not looking is told, and whatever goes wrong harms nothing."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.notifying import (
    Notice,
    command,
    desktop,
    tell,
    webhook,
)
from jupyter_labbook.storage.settings import DigestSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOTICE = Notice("Labbook", "3 results <are> ready.", "# Grüße\n", {"headline": "3 ü"})


class Listener:
    """A server that keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, Any]] = []
        self.answer: Callable[[http.server.BaseHTTPRequestHandler], None] = (
            lambda handler: (handler.send_response(204), handler.end_headers())[0]
        )
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                data = json.loads(self.rfile.read(size))
                kind = self.headers["Content-Type"]
                listener.got.append((self.path, kind, data))
                listener.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever)
    thread.start()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()
    thread.join()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have a folder of programs that is all there is."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{body}")
    path.chmod(0o755)
    return path


def keeping(target: Path) -> str:
    return (
        f"import json, sys\njson.dump([sys.argv[1:], sys.stdin.read()], "
        f"open({str(target)!r}, 'w'))"
    )


# -- webhook -----------------------------------------------------------------------


def test_a_webhook_gets_the_digest_as_json(listener: Listener) -> None:
    assert webhook(listener.address, NOTICE.data) == ""
    assert listener.got == [("/hook", "application/json", {"headline": "3 ü"})]


def test_a_webhook_that_refuses_is_told(listener: Listener) -> None:
    listener.answer = lambda handler: handler.send_error(403)
    assert "403" in webhook(listener.address, {})


def test_a_webhook_that_sends_one_elsewhere_is_not_followed(listener: Listener) -> None:
    def elsewhere(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/another")
        handler.end_headers()

    listener.answer = elsewhere
    assert "302" in webhook(listener.address, {})
    assert [path for path, *_ in listener.got] == ["/hook"]


def test_a_webhook_that_hangs_is_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        said = webhook(f"http://127.0.0.1:{port}/", {}, seconds=0.3)
    assert "0.3 seconds" in said or "timed out" in said


def test_a_webhook_that_answers_byte_by_byte_is_left_alone(listener: Listener) -> None:
    over = threading.Event()

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not over.wait(0.05):
            handler.wfile.write(b".")
            handler.wfile.flush()

    listener.answer = drip
    try:
        begun = time.monotonic()
        said = webhook(listener.address, {}, seconds=0.4)
        assert time.monotonic() - begun < 5
    finally:
        over.set()
    assert said == (
        "The webhook of your settings ([digest] webhook) did not answer within 0.4 "
        "seconds."
    )


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://example.org",
        "example.org",
        "",
        "http://[",
        "http://",
    ],
)
def test_a_webhook_goes_to_web_servers_alone(address: str) -> None:
    assert webhook(address, {}, seconds=2)


def test_a_webhook_that_nobody_serves_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert "was not reached" in webhook(f"http://127.0.0.1:{port}/", {})


# -- command -----------------------------------------------------------------------


def test_a_command_gets_the_digest_as_markdown(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    path = program(tmp_path, "tell", keeping(kept))
    assert command([str(path), "--to", "me; rm x"], NOTICE.markdown) == ""
    assert json.loads(kept.read_text()) == [["--to", "me; rm x"], "# Grüße\n"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import sys; sys.exit('no such room')", "ended with 1 no such room"),
        ("import time; time.sleep(60)", "took more than 0.5 seconds"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with -9"),
    ],
)
def test_a_command_that_fails_or_hangs_is_told(
    tmp_path: Path, body: str, said: str
) -> None:
    path = program(tmp_path, "tell", body)
    seconds = 0.5 if "0.5" in said else 30
    assert said in command([str(path)], "x", seconds)


def test_what_a_command_leaves_behind_keeps_nobody_waiting(tmp_path: Path) -> None:
    body = "import subprocess\nsubprocess.Popen(['sleep', '20'])"
    path = program(tmp_path, "tell", body + "\nraise SystemExit('done')")
    begun = time.monotonic()
    assert "ended with 1 done" in command([str(path)], "x")
    assert time.monotonic() - begun < 15


def test_a_command_that_reads_nothing_is_content(tmp_path: Path) -> None:
    path = program(tmp_path, "tell", "")
    assert command([str(path)], "x" * 1_000_000) == ""


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be started" in command([str(tmp_path / "gone")], "x")


# -- desktop -----------------------------------------------------------------------


@pytest.mark.usefixtures("programs")
def test_a_machine_without_a_desktop_is_told_nothing() -> None:
    assert not desktop("a", "b")


def test_the_desktop_is_told_text_and_no_markup(programs: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    program(programs, "notify-send", keeping(kept))
    assert desktop("-h", NOTICE.sentence)
    words, _ = json.loads(kept.read_text())
    assert words == [
        "--app-name=jupyter_labbook",
        "--",
        "-h",
        "3 results &lt;are> ready.",
    ]


def test_on_macos_the_sentence_is_an_argument_and_no_script(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept.json"
    program(programs, "osascript", keeping(kept))
    assert not desktop("a", "b")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert desktop('a" & (do shell script "x")', "b")
    words, _ = json.loads(kept.read_text())
    assert words[0] == "-e"
    assert "do shell" not in words[1]
    assert words[2:] == ["--", 'a" & (do shell script "x")', "b"]


def test_a_desktop_that_fails_has_not_told(programs: Path) -> None:
    program(programs, "notify-send", "import sys; sys.exit(1)")
    assert not desktop("a", "b")


# -- all of them -------------------------------------------------------------------


def test_each_way_of_the_settings_is_gone_whatever_the_others_do(
    programs: Path, tmp_path: Path, listener: Listener
) -> None:
    program(programs, "notify-send", keeping(tmp_path / "shown.json"))
    settings = DigestSettings(command=["gone"], webhook=listener.address)
    told = tell(NOTICE, settings)
    assert told.ways == ("desktop", "webhook")
    [problem] = told.problems
    assert "[digest] command" in problem


def test_who_wants_no_notification_gets_none(programs: Path, tmp_path: Path) -> None:
    program(programs, "notify-send", keeping(tmp_path / "shown.json"))
    told = tell(NOTICE, DigestSettings(notify=False))
    assert (told.ways, told.problems) == ((), ())
    assert not (tmp_path / "shown.json").exists()
    assert shutil.which("notify-send")
