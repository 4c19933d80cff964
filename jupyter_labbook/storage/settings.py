"""Settings: of the user (this machine) and of a labbook (shared with it)."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from jupyter_labbook.errors import CorruptFileError, StorageError
from jupyter_labbook.model.half_day import read_time

T = TypeVar("T")

_APPLICATION = "jupyter_labbook"
GIBIBYTE = 2**30


WINDOWS = {
    "tonight": "22:00-07:00",
    "lunch": "mon-fri 12:00-13:00",
    "weekend": "fri 22:00-mon 07:00",
}
"""Those that everybody has until their settings say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusSettings:
    """``[focus]``: the hours in which the machine is its owner's."""

    hours: str = ""
    """As a window is written; empty for none."""
    slots: int = 1
    """Runs that may execute at once in them."""
    niceness: int = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleSettings:
    """``[idle]``: when the window of this name opens."""

    load: float = 0.25
    """Average load for each core, at most."""
    gpu: float = 0.1
    """Part of the time that a GPU is used, at most."""
    minutes: float = 10.0
    """For so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSettings:
    """``[digest]``: when and how the owner is told."""

    evening: str = "17:30"
    """From when on it is told how full the night is; empty: not by itself."""
    morning: str = "08:00"
    """From when on it is told what the night has brought."""
    notify: bool = True
    command: list[str] = field(default_factory=list)
    """Gets the digest as Markdown on its standard input."""
    webhook: str = ""
    """Address to which it is sent as JSON."""

    def __post_init__(self) -> None:
        for text in filter(None, (self.morning, self.evening)):
            read_time(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightSettings:
    """``[preflight]``: looking into what is queued for later."""

    by_itself: bool = True
    """Whether that is done without being asked for."""
    after: float = 5.0
    """Seconds without another submission: several of them are looked into at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """``settings.toml`` in the user's configuration folder."""

    slots: int = field(default_factory=lambda: max(1, (os.cpu_count() or 2) - 1))
    """Runs that may execute at once on this machine, over all labbooks."""
    gpus: list[str] | None = None
    """What ``CUDA_VISIBLE_DEVICES`` may name; None: as ``nvidia-smi`` lists them."""
    cores: int | None = None
    """Cores that runs may ask for; None: all."""
    memory: int | None = None
    """Bytes that runs may ask for; None: all that the machine has."""
    zone: str = ""
    """IANA name of the time zone whose hours are meant; empty: this machine's."""
    windows: dict[str, str] = field(default_factory=dict)
    """Hours by name; they stand beside `WINDOWS`, or in place of one of them."""
    focus: FocusSettings = FocusSettings()
    idle: IdleSettings = IdleSettings()
    digest: DigestSettings = DigestSettings()
    preflight: PreflightSettings = PreflightSettings()

    def __post_init__(self) -> None:
        if self.slots < 1:
            raise ValueError("slots must be at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """``[runs]`` in ``labbook.toml``."""

    grace: float = 10.0
    niceness: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSettings:
    """``[inputs]`` in ``labbook.toml``."""

    largest: int = GIBIBYTE
    total: int = 4 * GIBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class LabbookSettings:
    """``labbook.toml``."""

    runs: RunSettings = RunSettings()
    inputs: InputSettings = InputSettings()


LABBOOK_TOML = """\
# Settings of this labbook. A line that starts with # shows the default.

[runs]
# Seconds that a stopped run has for its own ending before it is killed.
# grace = 10.0
# How much runs give way to your own work: 0 (not at all) to 19.
# niceness = 10

[inputs]
# Bytes of the largest value that is carried from the notebook without being named.
# largest = 1_073_741_824
# Bytes that one experiment may carry in all.
# total = 4_294_967_296
"""


def config_folder() -> Path:
    """Where the user's settings and key are."""
    return Path(platformdirs.user_config_dir(_APPLICATION, appauthor=False))


def cache_folder() -> Path:
    """Where things are that can be found out again."""
    return Path(platformdirs.user_cache_dir(_APPLICATION, appauthor=False))


def state_folder() -> Path:
    """Where slots and dispatchers of this machine meet; not shared between hosts.

    Raises
    ------
    StorageError
        It cannot be made.
    """
    import socket

    state = Path(platformdirs.user_state_dir(_APPLICATION, appauthor=False))
    return own_folder(state / socket.gethostname(), "XDG_STATE_HOME")


def own_folder(folder: Path, variable: str) -> Path:
    """Make a folder of the user's own, or say how to choose another.

    Parameters
    ----------
    folder
        The folder.
    variable
        The environment variable that leads to it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"{folder}, which every run needs, cannot be made ({error.strerror}); set "
            f"{variable} to a folder that you may write."
        ) from error
    return folder


def user_settings() -> UserSettings:
    """Read the user's settings; the defaults where there are none."""
    return _read(config_folder() / "settings.toml", UserSettings)


def labbook_settings(labbook: Path) -> LabbookSettings:
    """Read ``labbook.toml``; the defaults where it says nothing."""
    return _read(labbook / "labbook.toml", LabbookSettings)


def _read(path: Path, kind: type[T]) -> T:
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return kind()
    except UnicodeDecodeError as error:
        raise CorruptFileError(f"{path} is not text in UTF-8; save it so.") from error
    try:
        return msgspec.convert(tomllib.loads(text), type=kind)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise CorruptFileError(
            f"{path} cannot be used: {error}. Correct that line; the defaults stand "
            "in the file's comments."
        ) from error
