"""``%%experiment``: parse the cell, take what it needs along, submit, show."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.actions import why_waiting
from jupyter_labbook.actions.handles import ExperimentHandle
from jupyter_labbook.actions.provenance import GitProbe, versions
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.actions.submit import Submitted, check, submit
from jupyter_labbook.errors import HeaderError, RunFailedError
from jupyter_labbook.model.experiment import variants
from jupyter_labbook.model.run import RunState
from jupyter_labbook.notebook import surroundings
from jupyter_labbook.snapshot.header import ParsedCell, bind, parse
from jupyter_labbook.snapshot.keys import help_text
from jupyter_labbook.snapshot.resolve import IN_A_RUN

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_labbook.model.experiment import Variant
    from jupyter_labbook.snapshot.take import Snapshot
    from jupyter_labbook.storage.labbook import LabbookFolder


def experiment(
    shell: InteractiveShell, line: str, cell: str | None
) -> ExperimentHandle | None:
    """Execute the magic; see ``%%experiment -h``."""
    if cell is None and not {"-h", "--help"} & set(line.split()):
        raise HeaderError("%%experiment stands above a cell's code, with two %")
    parsed = parse(line, cell or "")
    if parsed.options.help:
        print(help_text())
        return None
    if parsed.options.here:
        _run_here(shell, parsed)
        return None
    check(parsed.header, surroundings.labbook_planned())
    if parsed.options.dry_run:
        _show_plan(shell, parsed)
        return None
    probe = GitProbe(Path.cwd())
    # What cannot come along is found before a new labbook is begun for it.
    parsed, snapshot = _take_with_seed(shell, parsed)
    labbook, begun = surroundings.labbook_here()
    if begun:
        print(f"A labbook begins here: {surroundings.short_path(labbook.path)}/")
    origin = Origin(
        cwd=Path.cwd(),
        code=snapshot.code,
        inputs=snapshot.inputs,
        git=probe.result(),
        versions=versions(snapshot.modules),
        notebook=surroundings.notebook_path(),
        cell=surroundings.cell_id(shell),
    )
    submitted = submit(labbook, parsed.header, _CellWork(snapshot), origin)
    waits = why_waiting.told(submitted.runs)
    told = [*submitted.notes, snapshot.report.text(), waits]
    if any(told):
        print("\n".join(filter(None, told)))
    return _show(shell, parsed, labbook, submitted)


@dataclass(frozen=True, slots=True)
class _CellWork:
    """A snapshot, as what an experiment executes."""

    snapshot: Snapshot

    def identity(self) -> str:
        """Say what is executed: all but the docstring and the parameters."""
        return f"{self.snapshot.head}\n{self.snapshot.tail}"

    def plan(self, variant: Variant, title: str) -> RunPlan:
        """Write the script of one variant."""
        return RunPlan(variant=variant, script=self.snapshot.render(variant, title))


def _take(
    shell: InteractiveShell,
    parsed: ParsedCell,
    labbook: LabbookFolder,
    *,
    dry: bool = False,
) -> Snapshot:
    from jupyter_labbook.snapshot.modules import project_root
    from jupyter_labbook.snapshot.notebook import Limits, Notebook
    from jupyter_labbook.snapshot.take import take
    from jupyter_labbook.storage.contents import ContentStore
    from jupyter_labbook.storage.settings import labbook_settings

    cwd = Path.cwd()
    limits = labbook_settings(labbook.path).inputs
    notebook = Notebook(
        namespace=shell.user_ns,
        cells=_earlier_cells(shell),
        transform=shell.transform_cell,
        project_root=project_root(cwd),
        cwd=cwd,
    )
    store = ContentStore(labbook.path, dry=dry)
    return take(
        parsed, notebook, store, Limits(value=limits.largest, total=limits.total)
    )


def _earlier_cells(shell: InteractiveShell) -> list[str]:
    """Sources of the cells executed so far, without this one."""
    history = shell.history_manager
    return list(history.input_hist_raw)[: shell.execution_count] if history else []


def _take_with_seed(
    shell: InteractiveShell, parsed: ParsedCell
) -> tuple[ParsedCell, Snapshot]:
    """Take a snapshot; a seed that the notebook has is recorded as the run's own."""
    planned = surroundings.labbook_planned()
    snapshot = _take(shell, parsed, planned)
    seed = shell.user_ns.get("seed")
    carried = any(row.name == "seed" for row in snapshot.report.rows)
    if carried and type(seed) is int and not parsed.header.seeds:
        header = replace(parsed.header, seeds=(seed,))
        parsed = replace(parsed, header=header)
        snapshot = _take(shell, parsed, planned)
    return parsed, snapshot


def _run_here(shell: InteractiveShell, parsed: ParsedCell) -> None:
    """Execute the body in the kernel, with the first variant's parameters bound."""
    import jupyter_labbook

    for name in IN_A_RUN:
        shell.user_ns.setdefault(name, getattr(jupyter_labbook, name))
    # As in a run: where nothing else is said, the seed is 0.
    shell.user_ns.setdefault("seed", 0)
    shell.user_ns.update(bind(parsed.header))
    code = parsed.body.lstrip("\n")
    header = len(parsed.body) - len(code) + 1
    # Comments in place of the header, so that a traceback names the cell's own lines.
    result = shell.run_cell("#\n" * header + code)
    if not result.success:
        error = result.error_in_exec or result.error_before_exec
        raise RunFailedError(
            f"The body ended with {type(error).__name__}, shown above; nothing was "
            "stored, and the notebook keeps the names that were set."
        )


def _show_plan(shell: InteractiveShell, parsed: ParsedCell) -> None:
    """Print what would be submitted; nothing is stored or started."""
    snapshot = _take(shell, parsed, surroundings.labbook_planned(), dry=True)
    spread = variants(parsed.header)
    noun = "run" if len(spread) == 1 else "runs"
    print(snapshot.report.text())
    print(f"{len(spread)} {noun} would be submitted; script of the first:\n")
    print(snapshot.render(spread[0], "(dry run: nothing was stored or started)"))


def _show(
    shell: InteractiveShell,
    parsed: ParsedCell,
    labbook: LabbookFolder,
    submitted: Submitted,
) -> ExperimentHandle:
    handle = ExperimentHandle(labbook, submitted.experiment, submitted.runs)
    if not surroundings.is_kernel(shell):
        if parsed.options.wait:
            handle.wait()
            _raise_failure(handle)
        return handle
    from jupyter_labbook.notebook.live import LiveView, attach, follow

    attach(shell)
    handle.shown = True
    if parsed.options.wait:
        view = LiveView(labbook, submitted.experiment)
        view.show()
        if _wait(handle, view.look):
            _raise_failure(handle)
        return handle
    from jupyter_labbook.notebook.plan_output import PlanOutput

    plan = PlanOutput(shell, labbook.path)
    follow(LiveView(labbook, submitted.experiment, on_end=plan.settle))
    if surroundings.cell_id(shell):
        plan.show()
    else:
        # No page says which cell this is: `nbconvert --execute`, a console.
        plan.show_static()
    return handle


def _raise_failure(handle: ExperimentHandle) -> None:
    """Let the cell fail with its runs, as one that waits is a step of something."""
    bad = [run for run in handle if run.state is not RunState.FINISHED]
    if bad:
        name = f"{handle.name}/{bad[0].folder.label}"
        noun = "run" if len(handle) == 1 else "runs"
        raise RunFailedError(
            f"{len(bad)} of {len(handle)} {noun} did not finish, {name} first: it is "
            f"{bad[0].state}; see: %labbook tail {name}"
        )


def _wait(handle: ExperimentHandle, look: Callable[[], None]) -> bool:
    """Wait for the end; an interrupt ends the waiting alone, and gives False."""
    import time

    next_look = 0.0

    def on_look() -> None:
        nonlocal next_look
        if time.monotonic() >= next_look:
            look()
            next_look = time.monotonic() + 0.5

    try:
        handle.wait(on_look=on_look)
        look()
    except KeyboardInterrupt:
        print(f"No longer waiting; {handle!r} goes on.", file=sys.stderr)
        return False
    return True
