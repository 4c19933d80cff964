"""Slots: places in this machine's parallel limit, shared by all labbooks of a user.

A slot is a lock file. Whoever claims one hands the open descriptor on to the run's
processes, so it is free again at the moment the last of them is gone, however it went.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from jupyter_labbook.runtime import processes

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType


@dataclass(frozen=True, slots=True)
class Claim:
    """Slots that are held as long as their descriptors are open somewhere."""

    descriptors: tuple[int, ...]

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


class SlotPool:
    """The slots of this user on this machine.

    Parameters
    ----------
    folder
        Holds the lock files; local to the machine.
    count
        How many there are.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder / "slots"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.count = count

    def claim(self, number: int) -> Claim | None:
        """Claim that many slots, all or none; None if too few are free."""
        taken: list[int] = []
        with (self._folder / "mutex").open("w") as mutex:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            for index in range(self.count):
                if len(taken) == number:
                    break
                descriptor = processes.lock(self._folder / f"{index}.lock")
                if descriptor is not None:
                    taken.append(descriptor)
            if len(taken) < number:
                Claim(tuple(taken)).release()
                return None
        return Claim(tuple(taken))

    def free(self) -> int:
        """Count the slots that nobody holds."""
        return sum(
            not processes.locked(self._folder / f"{index}.lock")
            for index in range(self.count)
        )
