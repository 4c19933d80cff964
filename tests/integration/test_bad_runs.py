"""Runs that end badly or print what nobody can read: said plainly, shown sanely."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.actions import observing
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.mimebundle import experiment_bundle
from jupyter_labbook.runtime import processes
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = "%%experiment odd --wait\n#| question: Is it?\n#| predict: x == 1\nlog(x=1)\n"
ENDS = {
    "killed": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
        RunState.FAILED,
        "killed by SIGKILL",
    ),
    "crashed": (
        "import ctypes\nctypes.string_at(0)",
        RunState.FAILED,
        "killed by SIGSEGV",
    ),
    "out of memory": (
        "import resource as r\nr.setrlimit(r.RLIMIT_AS, (2**30,) * 2)\nbytes(2**40)",
        RunState.FAILED,
        "MemoryError",
    ),
    "left by the side door": (
        "import os\nos._exit(7)",
        RunState.FAILED,
        "ended with exit code 7",
    ),
    "closed its output": (
        "import os, sys\nsys.stdout.close()\nos.close(2)\nlog(x=1)",
        RunState.FINISHED,
        "",
    ),
    "raised": (
        "1 / 0",
        RunState.FAILED,
        "ZeroDivisionError: division by zero",
    ),
    "ran out of its time": (
        "import time\ntime.sleep(600)",
        RunState.STOPPED,
        "stopped: ",
    ),
}


@pytest.fixture
def odd(kernel, project: Path) -> Callable[[str], object]:
    def run(body: str, flags: str = ""):
        head = HEAD.replace("--wait", f"--wait {flags}")
        result = kernel.run(head + body)
        # In one sentence: a cell that waits fails with its runs.
        assert "Traceback" not in result.error
        experiment = Labbook.find(project)["odd"]
        well = all(found.state is RunState.FINISHED for found in experiment)
        assert result.reply["status"] == ("ok" if well else "error"), result.text
        return experiment

    return run


@pytest.mark.parametrize("how", ENDS)
def test_how_a_run_ended_is_said_in_a_sentence(how, odd, kernel, command) -> None:
    body, state, reason = ENDS[how]
    [run] = odd(body, "--timeout 1" if "time" in how else "")
    assert run.state is state
    if "time" not in how:  # which may have been over before anything was logged
        assert run.metrics["x"][0] == 1
    record = json.loads((run.path / "exit.json").read_text())
    assert reason in record["reason"]
    shown = command("show", "odd")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert reason in shown.stdout
    in_notebook = kernel.run("%labbook show odd")
    assert reason in in_notebook.mime("text/html")[0]
    if state is RunState.FAILED:
        # What a run left that failed is no evidence.
        assert "INCONCLUSIVE" in shown.stdout
        failed = kernel.run(
            "from jupyter_labbook import Labbook\n"
            "print(repr(Labbook.find()['odd'].exception()))"
        )
        assert reason in failed.text


def test_children_that_daemonise_do_not_outlive_the_run(
    odd, project: Path, until
) -> None:
    body = """\
import os, pathlib, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        pathlib.Path("daemon.part").write_text(str(os.getpid()))
        os.rename("daemon.part", "daemon")
        time.sleep(600)
    os._exit(0)
while not pathlib.Path("daemon").exists():
    time.sleep(0.01)
"""
    [run] = odd(body)
    assert run.state is RunState.FINISHED
    daemon = int((project / "daemon").read_text())
    until(lambda: not _alive(daemon))
    assert run.result() == {"x": 1.0}


def _alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_run_that_vanished_with_its_supervisor_is_lost_and_said_so(
    kernel, project: Path, until, command
) -> None:
    kernel.run(
        "%%experiment odd\n#| why: it\nimport pathlib, time\n"
        "pathlib.Path('on').touch()\ntime.sleep(600)"
    )
    until((project / "on").exists)
    [run] = Labbook.find(project)["odd"]
    started = json.loads((run.path / "started.json").read_text())
    for who in ("supervisor", "main"):
        pid = started[who]["pid"]
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid, who=who: not processes.alive(pid, started[who]["ticks"]))
    until(lambda: run.state is RunState.LOST)
    shown = command("show", "odd").stdout
    assert "it vanished without an exit record" in shown
    lost = kernel.run(
        "from jupyter_labbook import Labbook\nLabbook.find()['odd'].result()"
    )
    assert "RunLostError" in lost.error


def test_binary_output_is_shown_as_text(odd, kernel, command) -> None:
    [run] = odd(
        "import os, sys\nsys.stdout.flush()\n"
        "_ = os.write(1, bytes(range(256)) * 4 + b'\\nlast line\\n')"
    )
    assert run.state is RunState.FINISHED
    assert run.output.endswith("last line\n")
    for words in (["show", "odd"], ["tail", "odd"], ["tail", "odd", "--json"]):
        told = command(*words)
        assert (told.returncode, told.stderr) == (0, "")
        unseen = set(told.stdout) & (set(map(chr, range(32))) - {"\n", "\t"})
        assert not unseen, words
    assert command("tail", "odd", "-n", "1").stdout == "last line\n"
    html = kernel.run("%labbook show odd").mime("text/html")[0]
    assert "last line" in html
    assert not set(html) & (set(map(chr, range(32))) - {"\n", "\t"})
    assert "\x7f" not in html


@pytest.mark.parametrize("line", ["x" * 99 + r"\n", "x" * 100], ids=["lines", "one"])
def test_a_hundred_megabytes_of_text_cost_a_few_of_them(
    line, kernel, project: Path, command
) -> None:
    kernel.run("%%experiment small --wait\n#| why: it\nprint('x')\nlog(x=1)")
    labbook = LabbookFolder.find(project)
    _bundle(labbook, "small")  # imports on the way
    before = _bytes_read()
    _bundle(labbook, "small")
    usual = _bytes_read() - before

    kernel.run(
        "%%experiment large --wait\n#| why: it\nlog(x=1)\nimport sys\n"
        f"for _ in range(1000):\n    sys.stdout.write('{line}' * 1000)\n"
        "print('the end')"
    )
    [run] = Labbook.find(project)["large"]
    assert run.state is RunState.FINISHED
    assert (run.path / "output.log").stat().st_size > 10**8
    before = _bytes_read()
    bundle = _bundle(labbook, "large")
    assert _bytes_read() - before < usual + 2**17
    assert "the end" in str(bundle["text/html"]) or line == "x" * 100
    assert sum(len(str(form)) for form in bundle.values()) < 500_000

    tail = command("tail", "large", "-n", "2")
    assert tail.returncode == 0
    assert len(tail.stdout) < 5000
    if line != "x" * 100:
        assert tail.stdout.endswith("\nthe end\n")
    shown = command("show", "large")
    assert len(shown.stdout) < 5000


def _bundle(labbook: LabbookFolder, name: str) -> dict[str, object]:
    view = observing.watch(labbook, labbook.experiment(name)).view()
    return experiment_bundle(view, final=True)


def _bytes_read() -> int:
    """Count the bytes that this process has read so far."""
    counters = Path("/proc/self/io").read_text("ascii").split()
    return int(counters[counters.index("rchar:") + 1])


def test_following_a_long_output_begins_at_its_end(command, project: Path) -> None:
    command("init")
    code = "head -c 100000000 /dev/zero | tr '\\0' 'x'; echo; echo end"
    command("run", "long", "--why", "it", "--wait", "--", "sh", "-c", code)
    followed = command("tail", "-f", "long")
    assert followed.returncode == 0
    assert followed.stdout == "end\n"
