"""Slots: places in this machine's parallel limit, shared by all labbooks of a user.

A slot, and a GPU, is a lock file. Whoever claims one hands the open descriptor on to
the run's processes, so it is free again at the moment the last of them is gone,
however it went. Cores and memory are numbers, which a claim writes into the file of
its first slot; they count as long as that is held.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from jupyter_labbook.runtime import processes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

_SLOT = re.compile(r"\d+\.lock")


@dataclass(frozen=True, slots=True)
class Claim:
    """Slots and GPUs that are held as long as their descriptors are open somewhere."""

    descriptors: tuple[int, ...]
    gpus: tuple[str, ...] = ()
    """What ``CUDA_VISIBLE_DEVICES`` is to name."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def release(self) -> None:
        """Close this process's copies."""
        for descriptor in self.descriptors:
            os.close(descriptor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of the machine: what a run asks for, or what all runs hold."""

    slots: int = 1
    gpus: int = 0
    cores: int = 0
    memory: int = 0
    """Bytes."""


class SlotPool:
    """What runs of this user may have of this machine.

    Parameters
    ----------
    folder
        Holds the lock files; local to the machine.
    count
        How many slots there are.
    gpus
        Names of the GPUs.
    cores, memory
        What those runs may have together that say how much they need.
    """

    def __init__(
        self,
        folder: Path,
        count: int,
        *,
        gpus: Sequence[str] = (),
        cores: int = 0,
        memory: int = 0,
    ) -> None:
        self._folder = folder / "slots"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.count = count
        self.gpus = tuple(gpus)
        self.cores = cores
        self.memory = memory

    def claim(
        self, number: int, *, gpus: int = 0, cores: int = 0, memory: int = 0
    ) -> Claim | None:
        """Claim what is asked for, all or none; None if it is not free."""
        with self._mutex():
            held = self._held()
            if (
                number > self.count - held.slots
                or (cores and cores > self.cores - held.cores)
                or (memory and memory > self.memory - held.memory)
            ):
                return None
            taken = self._take(self._slots(), number)
            named = {path: name for name in self.gpus for path in [self._gpu(name)]}
            devices = self._take(named, gpus)
            claim = Claim(
                tuple(taken.values()) + tuple(devices.values()),
                tuple(named[path] for path in devices),
            )
            complete = len(taken) == number and len(devices) == gpus
            if not complete or not _write(claim.descriptors[0], cores, memory):
                claim.release()
                return None
            return claim

    def held(self) -> Share:
        """Add up what runs hold, also in slots that are there no longer."""
        # Looking at a lock is in the way of whoever takes it at that moment.
        with self._mutex():
            return self._held()

    def _held(self) -> Share:
        slots = cores = memory = 0
        for path in self._folder.iterdir():
            if _SLOT.fullmatch(path.name) and processes.locked(path):
                slots += 1
                of_it = _read(path)
                cores += of_it.cores
                memory += of_it.memory
        gpus = sum(processes.locked(self._gpu(name)) for name in self.gpus)
        return Share(slots=slots, gpus=gpus, cores=cores, memory=memory)

    def free(self) -> int:
        """Count the slots that nobody holds."""
        return max(0, self.count - self.held().slots)

    @contextmanager
    def _mutex(self) -> Iterator[None]:
        with (self._folder / "mutex").open("w") as mutex:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            yield

    def _slots(self) -> Iterator[Path]:
        return (self._folder / f"{index}.lock" for index in range(self.count))

    def _take(self, paths: Iterable[Path], number: int) -> dict[Path, int]:
        taken: dict[Path, int] = {}
        for path in paths:
            if len(taken) == number:
                break
            descriptor = processes.lock(path)
            if descriptor is not None:
                taken[path] = descriptor
        return taken

    def _gpu(self, name: str) -> Path:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        return self._folder / f"gpu-{digest}.lock"


def _write(descriptor: int, cores: int, memory: int) -> bool:
    """Write what a claim asks for in numbers; False if the disk is full."""
    os.ftruncate(descriptor, 0)
    if not cores and not memory:
        return True
    record = json.dumps({"cores": cores, "memory": memory}).encode()
    try:
        return os.pwrite(descriptor, record, 0) == len(record)
    except OSError:
        return False


def _read(path: Path) -> Share:
    try:
        record = json.loads(path.read_bytes() or b"{}")
        return Share(cores=int(record["cores"]), memory=int(record["memory"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Share()
