"""Telling a person who is not looking: desktop, command, webhook.

All of it comes from the user's own settings, never from a labbook. Whatever goes
wrong is told in a sentence and harms nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_labbook.storage.settings import DigestSettings

_DESKTOP_SECONDS: Final = 5.0
_SECONDS: Final = 20.0
"""That a command or a webhook may take."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell, in every form that may be asked for.

    Attributes
    ----------
    title, sentence
        For the desktop.
    markdown
        For a command's standard input.
    data
        For a webhook, as JSON.
    """

    title: str
    sentence: str
    markdown: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """What came of it.

    Attributes
    ----------
    ways
        By which it was told: ``desktop``, ``command``, ``webhook``.
    problems
        Why it was not told by others, in a sentence each.
    """

    ways: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def tell(
    notice: Notice, settings: DigestSettings, seconds: float = _SECONDS
) -> Telling:
    """Tell a notice in every way that the user's settings name.

    Returns after at most about twice as many seconds as given, whatever the others do.

    Parameters
    ----------
    notice
        What to tell.
    settings
        Of the user.
    seconds
        That a command, and a webhook, may take.
    """
    ways, problems = [], []
    if settings.notify and desktop(notice.title, notice.sentence):
        ways.append("desktop")
    if settings.command:
        problem = command(settings.command, notice.markdown, seconds)
        problems.append(problem) if problem else ways.append("command")
    if settings.webhook:
        problem = webhook(settings.webhook, notice.data, seconds)
        problems.append(problem) if problem else ways.append("webhook")
    return Telling(tuple(ways), tuple(problems))


def desktop(title: str, sentence: str) -> bool:
    """Show a notification if this machine has a desktop that can; whether it was."""
    argv = _desktop_command(title, sentence)
    if argv is None:
        return False
    return not _failure(argv, b"", _DESKTOP_SECONDS)


def _desktop_command(title: str, sentence: str) -> list[str] | None:
    program = shutil.which("notify-send")
    if program:
        # The sentence is markup there; the dashes end the options.
        plain = sentence.replace("&", "&amp;").replace("<", "&lt;")
        return [program, "--app-name=jupyter_labbook", "--", title, plain]
    program = shutil.which("osascript") if sys.platform == "darwin" else None
    if program:
        script = (
            "on run argv\n"
            "display notification (item 2 of argv) with title (item 1 of argv)\n"
            "end run"
        )
        return [program, "-e", script, "--", title, sentence]
    return None


def command(argv: Sequence[str], text: str, seconds: float = _SECONDS) -> str:
    """Give text to a program of the user's; what went wrong, or nothing."""
    problem = _failure(list(argv), text.encode("utf-8", "replace"), seconds)
    if not problem:
        return ""
    return f"The command {argv[0]!r} of your settings ([digest] command) {problem}."


def _failure(argv: list[str], data: bytes, seconds: float) -> str:
    # A file, for whoever inherits a pipe could keep it open for ever.
    with tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603  # from the user's own settings
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return f"cannot be started ({error})"
        try:
            process.communicate(data, seconds)
        except subprocess.TimeoutExpired:
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return f"took more than {seconds:g} seconds and was ended"
        if not process.returncode:
            return ""
        said.seek(0)
        last = said.read().decode("utf-8", "replace").strip().splitlines()[-1:]
        return " ".join([f"ended with {process.returncode}", *last])


def webhook(address: str, data: Mapping[str, Any], seconds: float = _SECONDS) -> str:
    """Send data to an address of the user's; what went wrong, or nothing.

    It is sent from a thread of its own: a server that answers a byte a minute keeps
    every timeout of a socket and would never end.
    """
    name = "The webhook of your settings ([digest] webhook)"
    if not address.lower().startswith(("http://", "https://")):
        return f"{name} must begin with https:// or http://; nothing was sent."
    problems: list[str] = []
    sender = threading.Thread(
        target=lambda: problems.append(_sent(address, data, seconds)), daemon=True
    )
    sender.start()
    sender.join(seconds)
    if not problems:
        return f"{name} did not answer within {seconds:g} seconds."
    return f"{name} {problems[0]}." if problems[0] else ""


def _sent(address: str, data: Mapping[str, Any], seconds: float) -> str:
    try:
        request = urllib.request.Request(  # noqa: S310  # the scheme was looked at
            address,
            data=json.dumps(data, allow_nan=False).encode(),
            headers={"Content-Type": "application/json"},
        )
        with _OPENER.open(request, timeout=seconds) as answer:
            answer.read(1024)
    except Exception as error:  # noqa: BLE001  # whatever it is, it only is told
        return f"was not reached ({error})"
    return ""


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """Goes nowhere but to the address that the settings name."""

    def redirect_request(self, *_: object) -> None:
        return


_OPENER: Final = urllib.request.build_opener(_NoDetour)
