"""A notebook to measure: a real kernel in a project, for a user of its own."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from jupyter_labbook import Labbook
from jupyter_labbook.errors import NoLabbookError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.mimebundle import MIME_TYPE
from tests.integration.conftest import Kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
_SECONDS = 120


@contextmanager
def project(*, slots: int) -> Iterator[Path]:
    """Give a folder for notebooks; what runs in it at the end is stopped.

    Settings, key, slots and dispatchers are apart from those of the real user.
    """
    # A run that is on its last line may write while the folder goes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place) / "project"
        folder.mkdir()
        (folder / "pyproject.toml").touch()
        settings = Path(place) / "config" / "jupyter_labbook" / "settings.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(f"slots = {slots}\n")
        own = {
            "XDG_CONFIG_HOME": f"{place}/config",
            "XDG_STATE_HOME": f"{place}/state",
            "XDG_CACHE_HOME": f"{place}/cache",
            "IPYTHONDIR": f"{place}/ipython",
            "JUPYTER_RUNTIME_DIR": f"{place}/runtime",
            "PYTHONPATH": str(ROOT),
            # Compiled modules are kept, as in every installation.
            "PYTHONDONTWRITEBYTECODE": "",
        }
        with patch.dict(os.environ, own):
            try:
                yield folder
            finally:
                stop_all(folder)


@contextmanager
def kernel(folder: Path) -> Iterator[Kernel]:
    """Start a kernel with the extension loaded."""
    started = Kernel(folder)
    try:
        execute(started, "%load_ext jupyter_labbook")
        yield started
    finally:
        started.shutdown(now=True)


def execute(kernel: Kernel, code: str, shows: tuple[str, ...] = ()) -> float:
    """Execute a cell; seconds from its request to the kernel being idle again.

    Parameters
    ----------
    shows
        MIME types of what it has to show.
    """
    begin = time.perf_counter()
    result = kernel.run(code)
    seconds = time.perf_counter() - begin
    if result.error:
        raise RuntimeError(result.error)
    for kind in shows:
        if not result.mime(kind):
            raise RuntimeError(f"no output of type {kind}, but this: {result.text}")
    return seconds


def stop_all(folder: Path) -> None:
    """Stop every run of a project and wait until all have ended."""
    try:
        labbook = Labbook.find(folder)
    except NoLabbookError:
        return
    experiments = [labbook[name] for name in labbook]
    # Last first, so that nothing starts in the place of what was stopped.
    for run in reversed([run for experiment in experiments for run in experiment]):
        run.stop()
    for experiment in experiments:
        if not experiment.wait(_SECONDS):
            raise RuntimeError(f"{experiment!r} did not end in {_SECONDS} s")


def settle(kernel: Kernel) -> None:
    """Wait until the live view of the newest experiment shows its end."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=_SECONDS)
        data: dict[str, Any] = message["content"].get("data", {})
        if MIME_TYPE in data and message["msg_type"] == "update_display_data":
            runs = data[MIME_TYPE]["view"]["runs"]
            if all(RunState(run["state"]).ended for run in runs):
                return


def until(condition: Callable[[], object]) -> None:
    """Wait for something to come about."""
    deadline = time.monotonic() + _SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"did not come about in {_SECONDS} s: {condition}")
        time.sleep(0.01)
