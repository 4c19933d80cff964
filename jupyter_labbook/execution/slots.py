"""Slots: places in this machine's parallel limit, shared by all labbooks of a user.

A slot, and a GPU, is a lock file. Whoever claims one hands the open descriptor on to
the run's processes, so it is free again at the moment the last of them is gone,
however it went. Cores and memory are numbers, which a claim writes into the file of
its first slot, with what others may want to know of it; they count as long as that is
held.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import msgspec

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a part of the machine, as far as anybody said.

    Attributes
    ----------
    run
        Its folder.
    fills
        Whether it only fills up, and gives way to runs of any labbook.
    ends
        When it has probably let go, in seconds since the epoch.
    share
        What it holds.
    """

    run: str = ""
    fills: bool = False
    ends: float | None = None
    share: Share = Share()


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
        self,
        number: int,
        *,
        gpus: int = 0,
        cores: int = 0,
        memory: int = 0,
        holder: Holder | None = None,
    ) -> Claim | None:
        """Claim what is asked for, all or none; None if it is not free.

        Parameters
        ----------
        number, gpus, cores, memory
            What is asked for; memory in bytes.
        holder
            For whom, as others may want to know; its share is what is asked for.
        """
        asked = Share(slots=number, gpus=gpus, cores=cores, memory=memory)
        with self._mutex():
            held = self._sum(list(self._records()))
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
            written = replace(holder or Holder(), share=asked)
            if not complete or not _write([*taken.values()], written):
                claim.release()
                return None
            return claim

    def held(self) -> Share:
        """Add up what runs hold, also in slots that are there no longer."""
        return self.look()[0]

    def holders(self) -> list[Holder]:
        """Find who holds slots, of all labbooks, as far as they said."""
        return self.look()[1]

    def look(self) -> tuple[Share, list[Holder]]:
        """Add up what runs hold, and find who does at that moment."""
        # Looking at a lock is in the way of whoever takes it at that moment.
        with self._mutex():
            records = list(self._records())
            return self._sum(records), [one for one in records if one.run]

    def _sum(self, slots: Sequence[Holder]) -> Share:
        return Share(
            slots=len(slots),
            gpus=sum(processes.locked(self._gpu(name)) for name in self.gpus),
            cores=sum(one.share.cores for one in slots),
            memory=sum(one.share.memory for one in slots),
        )

    def _records(self) -> Iterator[Holder]:
        """What was written by those who hold a slot; nothing in their other slots."""
        for path in self._folder.iterdir():
            if _SLOT.fullmatch(path.name) and processes.locked(path):
                yield _read(path)

    def want(self) -> Claim:
        """Have nothing fill up, in any labbook, until this is released."""
        descriptor = os.open(self._wanted, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        return Claim((descriptor,))

    def wanted(self) -> bool:
        """Whether somebody makes room for a run that does not only fill up."""
        with self._mutex():
            descriptor = processes.lock(self._wanted)
        if descriptor is None:
            return True
        os.close(descriptor)
        return False

    @property
    def _wanted(self) -> Path:
        return self._folder / "wanted.lock"

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


def _write(slots: Sequence[int], holder: Holder) -> bool:
    """Write who holds slots into the first of them; False if the disk is full."""
    written = msgspec.json.encode(holder)
    try:
        for slot in slots:
            # What somebody else wrote there counts no more.
            os.ftruncate(slot, 0)
        return os.pwrite(slots[0], written, 0) == len(written)
    except OSError:
        return False


def _read(path: Path) -> Holder:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Holder)
    except (OSError, msgspec.DecodeError):
        return Holder()
