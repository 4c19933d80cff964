"""Fixtures for every test: a user of its own, and labbooks on real disks."""

from __future__ import annotations

import faulthandler
import os
import time
from typing import TYPE_CHECKING, Final

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import HealthCheck, settings

from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_TEARDOWN_SECONDS: Final = 300

# How long an example takes says nothing on a machine that is shared.
settings.register_profile(
    "labbook", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("labbook")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """End the whole run, and say where, if what follows a test hangs.

    A test that was given up has no other limit: the plugin for limits counts once.
    """
    standard_error = item.config.stash[fault_handler_stderr_fd_key]
    faulthandler.dump_traceback_later(_TEARDOWN_SECONDS, file=standard_error, exit=True)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def user(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give the test a user of its own, with settings, key and slots of their own."""
    home = tmp_path_factory.mktemp("user")
    for variable, folder in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("IPYTHONDIR", "ipython"),
        ("JUPYTER_CONFIG_DIR", "jupyter-config"),
        ("JUPYTER_DATA_DIR", "jupyter-data"),
        ("JUPYTER_RUNTIME_DIR", "jupyter-runtime"),
    ):
        (home / folder).mkdir()
        monkeypatch.setenv(variable, str(home / folder))
    # Nothing is looked into or told of by itself, but where tests are about that.
    settings_folder = home / "config" / "jupyter_labbook"
    settings_folder.mkdir(mode=0o700)
    (settings_folder / "settings.toml").write_text(
        '[preflight]\nby_itself = false\n[digest]\nmorning = ""\nevening = ""\n'
    )
    for variable in ("LABBOOK_RUN", "LABBOOK_FAILPOINT", "LABBOOK_SMOKE"):
        monkeypatch.delenv(variable, raising=False)
    repository = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
    paths = [repository, os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    return home


@pytest.fixture
def labbook(tmp_path: Path) -> LabbookFolder:
    """Begin a labbook in a project folder of its own."""
    (tmp_path / "project").mkdir()
    return LabbookFolder.create(tmp_path / "project")


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait for a condition, and fail with its name when it does not come."""

    def wait(condition: Callable[[], object], seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                pytest.fail(f"did not come about in {seconds} s: {condition}")
            time.sleep(0.005)

    return wait
