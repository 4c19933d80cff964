"""The project's own tests of the code that the night's scripts use."""

from __future__ import annotations

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import comparing
from jupyter_labbook.execution import environment
from jupyter_labbook.insight.wording import counted, listed
from jupyter_labbook.model.preflight import Check, Finding, Remedy, Severity
from jupyter_labbook.rendering.formats import format_duration
from jupyter_labbook.rendering.log_tail import plain, tail_lines
from jupyter_labbook.snapshot import modules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_labbook.actions.preflight.scope import Examined, Scope

_SECONDS: Final = 180.0
_LINES: Final = 20
_WIDTH: Final = 160
_PASSED, _FAILED, _NONE = 0, 1, 5
"""Exit codes of pytest."""
_FAILURE: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
_PASS_OVER: Final = {"node_modules", "labbook", "build", "dist", "site-packages"}


@dataclass(frozen=True, slots=True)
class Tested:
    """Tests that were run.

    Attributes
    ----------
    code
        As pytest ends; None if the time was over first.
    """

    code: int | None
    output: str


def findings(
    scope: Scope,
    on_step: Callable[[str], None] = lambda _: None,
    *,
    seconds: float = _SECONDS,
) -> Iterator[Finding]:
    """Run the tests that touch the code, and show where they fail.

    Parameters
    ----------
    scope
        What waits.
    on_step
        Told how many files of tests are run.
    seconds
        How long they may take together.
    """
    projects: dict[tuple[Path, str], dict[str, str]] = {}
    names: dict[tuple[Path, str], list[str]] = {}
    for one in scope.examined:
        for root, python, code in _projects(one):
            frozen = comparing.frozen(scope.labbook.path, code)
            yield from _outdated(one, root, frozen)
            projects.setdefault((root, python), {}).update(frozen)
            names.setdefault((root, python), []).append(one.name)
    for (root, python), frozen in projects.items():
        paths = touching(root, frozen)
        if not paths:
            continue
        on_step(f"Running {counted(len(paths), 'file')} of tests in {root}")
        tested = run(root, paths, python, seconds)
        concerned = tuple(dict.fromkeys(names[root, python]))
        found = _told(root, tested, concerned, seconds)
        if found is not None:
            yield found


def _projects(one: Examined) -> set[tuple[Path, str, str]]:
    """Name the projects of an experiment: root, Python, and folder of frozen code.

    Folder and Python are those of the tickets, which were signed.
    """
    found = set()
    for known in one.waiting:
        if known.ticket is None or not known.record.code:
            continue
        how = known.ticket.launch
        python = how.argv[0] if how.reports and how.argv else sys.executable
        root = modules.project_root(Path(how.cwd))
        found.add((root, python, known.record.code))
    return found


def _outdated(one: Examined, root: Path, frozen: dict[str, str]) -> Iterator[Finding]:
    """Say which files have changed since: tests say nothing of the frozen ones."""
    bases = [base for base in (root, root / "src") if any(map(_there(base), frozen))]
    if not bases:
        return
    today = comparing.fingerprints(bases[0], frozen)
    changed = sorted(name for name in frozen if today.get(name) != frozen[name])
    if changed:
        yield Finding(
            kind=Check.TESTS,
            severity=Severity.NOTE,
            sentence=(
                f"{one.name} runs {listed(changed, most=3)} as submitted, which "
                f"{'has' if len(changed) == 1 else 'have'} been edited since; to run "
                "today's code, execute its cell again."
            ),
            runs=(one.name,),
            remedy=None,
        )


def _there(base: Path) -> Callable[[str], bool]:
    return lambda name: (base / name).is_file()


def touching(root: Path, frozen: dict[str, str]) -> list[Path]:
    """Find the files of tests that import a module of some code.

    Parameters
    ----------
    root
        The project's folder.
    frozen
        Files of the code, relative to the folder that is imported from.
    """
    names = {_module(name) for name in frozen}
    return [path for path in _files(root) if names & set(_imports(path))]


def run(root: Path, paths: list[Path], python: str, seconds: float) -> Tested:
    """Run files of tests with pytest, giving way to everything else."""
    nice = shutil.which("nice")
    flags = ["-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-rfE"]
    command = [python, "-m", "pytest", *flags, "--", *map(str, paths)]
    process = subprocess.Popen(  # noqa: S603  # the user's own project and Python
        [nice, "-n", "19", *command] if nice else command,
        cwd=root,
        env=environment.complete(environment.recordable()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            output, _ = process.communicate()
            return Tested(None, output.decode(errors="replace"))
    return Tested(process.returncode, output.decode(errors="replace"))


def _told(
    root: Path, tested: Tested, names: tuple[str, ...], seconds: float
) -> Finding | None:
    if tested.code in (_PASSED, _NONE):
        return None
    failed = _FAILURE.findall(tested.output)
    severity = Severity.WARNING
    if tested.code is None:
        severity = Severity.NOTE
        sentence = f"The tests in {root} took more than {format_duration(seconds)}."
    elif "No module named pytest" in tested.output:
        severity = Severity.NOTE
        sentence = f"The tests in {root} were not run: their Python has no pytest."
    elif failed:
        severity = Severity.PROBLEM
        sentence = (
            f"{counted(len(failed), 'test')} of code that {listed(names)} will use "
            f"{'fails' if len(failed) == 1 else 'fail'}: {listed(failed, most=3)}."
        )
    else:
        sentence = f"The tests in {root} could not be run."
    return Finding(
        kind=Check.TESTS,
        severity=severity,
        sentence=sentence,
        runs=names,
        remedy=Remedy(f"stop {' '.join(names)}") if failed else None,
        detail="" if not failed else _tail(tested.output),
    )


def _tail(output: str) -> str:
    return "\n".join(plain(line) for line in tail_lines(output, _LINES, _WIDTH))


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name not in _PASS_OVER
            and not name.startswith((".", "__"))
            # An environment that lies in the project.
            and not Path(folder, name, "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            if re.fullmatch(r"test_.*\.py|.*_test\.py", name):
                yield Path(folder, name)


def _imports(path: Path) -> list[str]:
    try:
        return modules.imported_modules(ast.parse(path.read_bytes()))
    except (OSError, SyntaxError, ValueError):
        return []


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
