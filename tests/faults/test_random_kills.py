"""``kill -9`` at random, of whoever is at work, while a queue drains.

`make faults` does it 200 times over 100 runs, `make test` a few times over a dozen.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from jupyter_labbook.execution import launch
from jupyter_labbook.execution.sequel import Sequels
from jupyter_labbook.model.run import RunState
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage import run_state
from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder

KILLS = int(os.environ.get("LABBOOK_KILLS", "12"))
RUNS = max(6, KILLS // 4)
"""Of those that can be continued, and as many of those that cannot."""
STEPS_A_KILL = 10
STEPS = max(20, STEPS_A_KILL * KILLS // RUNS)
"""So that what can be continued alone lasts as long as there are kills left."""
MOST_LOSSES = 8
"""A run that was lost ten times in a row is not gone on with, on purpose."""
FOLLOW_UP = (sys.executable, "-m", "jupyter_labbook.actions.follow_up")
KINDS = {
    "dispatcher": "jupyter_labbook.execution.dispatcher",
    "supervisor": "jupyter_labbook.runtime.supervisor",
    "run": "jupyter_labbook.runtime.runner",
}
BODY = """
import os, time
from jupyter_labbook import run_dir
# The side effect that counts how often this body was executed.
mark = f"executed-{{os.getpid()}}-{{time.monotonic_ns()}}"
os.close(os.open(run_dir() / mark, os.O_CREAT | os.O_EXCL))
steps = os.open("{steps}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
saved = run_dir() / "checkpoint" / "count"
saved.parent.mkdir(exist_ok=True)
count = int(saved.read_text()) if saved.exists() else 0
while count < {number}:
    time.sleep(0.05)
    count += 1
    aside = saved.with_name("aside")
    aside.write_text(str(count))
    aside.replace(saved)
    os.write(steps, b".")
print(count)
"""


class Machine:
    """What the test has started, and may kill."""

    def __init__(self, user: Path, seed: int) -> None:
        self._user = str(user)
        self._random = random.Random(seed)
        self.killed: Counter[str] = Counter()

    def kill(self, spared: set[int]) -> None:
        """Kill one process, if there is any."""
        found: dict[str, list[tuple[int, int]]] = {}
        for kind, process in self.mine():
            if process.pid not in spared:
                one = process.pid, processes.start_ticks(process.pid)
                found.setdefault(kind, []).append(one)
        if not found:
            return
        kind = self._random.choice(sorted(found))
        pid, ticks = self._random.choice(sorted(found[kind]))
        self.killed[kind] += processes.send(pid, ticks, signal.SIGKILL)

    def mine(self) -> Iterator[tuple[str, psutil.Process]]:
        """Find the processes that work for the user of this very test."""
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if (
                    not process.environ()
                    .get("XDG_STATE_HOME", "")
                    .startswith(self._user)
                ):
                    continue
                command = " ".join(process.cmdline())
                for kind, module in KINDS.items():
                    if module in command:
                        yield kind, process


class Drain:
    """A queue that drains: runs that can be continued, and as many others."""

    def __init__(self, labbook: LabbookFolder, body: str) -> None:
        self._labbook = labbook
        self._around = running.surroundings(*FOLLOW_UP)
        self._lock = launch.dispatcher_file(labbook.path, self._around, ".lock")
        self.lasting, self.others = (
            running.experiment(labbook, name) for name in ("lasting", "others")
        )
        self.resumable: list[RunFolder] = []
        self.plain: list[RunFolder] = []
        for _ in range(RUNS):
            self.resumable.append(
                running.queue(labbook, self.lasting, body, resumable=True)
            )
            self.plain.append(running.queue(labbook, self.others, body))
        self._left = [*self.resumable, *self.plain]

    def use(self) -> None:
        """Do what any use of the labbook does."""
        if not processes.locked(self._lock):
            launch.ensure_dispatcher(self._labbook.path, self._around)

    def chains(self) -> list[list[RunFolder]]:
        """Find the runs that can be continued, each with those that go on with it."""
        sequels = Sequels(self.lasting.runs())
        found = []
        for run in self.resumable:
            pieces = [run]
            while (after := sequels.next(pieces[-1])) is not None:
                pieces.append(after)
            found.append(pieces)
        return found

    def sorely_tried(self) -> set[int]:
        """Name the processes of runs that have had their share."""
        spared = set()
        for pieces in self.chains():
            started = run_state.read_started(pieces[-1])
            if len(pieces) >= MOST_LOSSES and started is not None:
                spared |= {started.supervisor.pid, started.main.pid}
        return spared

    def over(self) -> bool:
        """Whether all has ended, and what can be continued has finished."""
        self.use()
        while self._left and run_state.derive(self._left[-1]).ended:
            last = self._left.pop()
            if last.experiment == self.lasting.path and not has_finished(last):
                after = Sequels(self.lasting.runs()).next(last)
                self._left.append(after or last)
                if after is None:
                    break
        return not self._left


def has_finished(run: RunFolder) -> bool:
    return run_state.derive(run) is RunState.FINISHED


def executions(run: RunFolder) -> int:
    return len(list(run.path.glob("executed-*")))


def check_end(run: RunFolder) -> RunState:
    """See that a run has its result, or is shown for what it is."""
    state, ended = run_state.derive(run), run_state.read_exit(run)
    if state is RunState.FINISHED:
        assert executions(run) == 1
        assert run.output.read_text() == f"{STEPS}\n"
    elif state is not RunState.LOST:
        # Whoever witnessed its end says that it was killed.
        assert ended is not None
        assert ended.signal == signal.SIGKILL
    return state


@pytest.mark.timeout(120 + 10 * KILLS)
def test_whatever_is_killed_nothing_is_lost_in_silence_or_executed_twice(
    labbook: LabbookFolder,
    user: Path,
    tmp_path: Path,
    until: Callable[..., None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = user / "config" / "jupyter_labbook"
    folder.mkdir(exist_ok=True)
    (folder / "settings.toml").write_text("slots = 4")
    steps = tmp_path / "steps"
    steps.touch()
    drain = Drain(labbook, BODY.format(steps=steps, number=STEPS))
    machine = Machine(user, seed=20261122)

    def far_enough() -> bool:
        drain.use()
        return steps.stat().st_size >= STEPS_A_KILL * machine.killed.total()

    while machine.killed.total() < KILLS:
        until(far_enough, 300)
        machine.kill(drain.sorely_tried())
    until(drain.over, 60 + 5 * KILLS)

    every = [*drain.lasting.runs(), *drain.others.runs()]
    assert max(map(executions, every)) == 1
    states = Counter(map(check_end, every))
    for pieces in drain.chains():
        finished = list(map(has_finished, pieces))
        assert finished == [False] * (len(pieces) - 1) + [True]
    assert drain.others.runs() == drain.plain
    with capsys.disabled():
        killed = ", ".join(f"{n} x {kind}" for kind, n in machine.killed.items())
        told = ", ".join(f"{n} {state}" for state, n in states.items())
        print(f"\nkilled: {killed}; of {len(every)} runs: {told}")  # noqa: T201
