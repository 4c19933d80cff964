"""The verb ``run``: a program as an experiment."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.actions import why_waiting
from jupyter_labbook.actions.handles import ExperimentHandle
from jupyter_labbook.actions.provenance import GitProbe
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.actions.submit import check, submit
from jupyter_labbook.actions.verbs import places
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import InvalidInputError, NoLabbookError
from jupyter_labbook.model.experiment import variants
from jupyter_labbook.model.run import RunState
from jupyter_labbook.snapshot.header import parse
from jupyter_labbook.snapshot.keys import KEYS
from jupyter_labbook.storage.labbook import FOLDER, LabbookFolder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from jupyter_labbook.model.experiment import Header, Variant
    from jupyter_labbook.snapshot.header import ParsedCell

_OF_CELLS = ("inputs", "no-inputs", "here", "help")
"""Flags of ``%%experiment`` that say nothing of a program."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare what ``run`` takes: the keys of a cell's header, as flags."""
    parser.usage = f"{parser.prog} [NAME] [FLAGS] -- COMMAND ..."
    known = [key for key in KEYS if key.name not in _OF_CELLS]
    flags = "\n".join(f"  --{key.name:<12} {key.help}" for key in known)
    parser.epilog = (
        f"flags, as in a cell's header:\n{flags}\n\n"
        "{name} in the command stands for a parameter or the seed. The program finds\n"
        "LABBOOK_RUN in its environment, with which `log` works as in a cell.\n\n"
        f"example: {parser.prog} --why \"does it start\" --params '{{lr: 0.1}}' "
        "-- python train.py --lr {lr}"
    )


def run(args: argparse.Namespace) -> Answer:
    """Run a program as an experiment."""
    if not args.command:
        raise InvalidInputError(
            "Name the program behind two dashes: "
            'labbook run --why "does it start" -- python train.py'
        )
    parsed = parse(shlex.join(args.flags), "")
    _refuse_flags_of_cells(parsed)
    _check_placeholders(args.command, parsed.header)
    work = _CommandWork(args.command)
    start = Path(args.labbook).absolute() if args.labbook else Path.cwd()
    try:
        labbook = LabbookFolder.find(start)
    except NoLabbookError:
        check(parsed.header, None)
        labbook = LabbookFolder(start / FOLDER)
    if parsed.options.dry_run:
        check(parsed.header, labbook)
        return _planned(parsed.header, work)
    return _submitted(labbook, parsed, work)


def _submitted(
    labbook: LabbookFolder, parsed: ParsedCell, work: _CommandWork
) -> Answer:
    cwd = Path.cwd()
    probe = GitProbe(cwd)
    if not labbook.path.is_dir():
        labbook = LabbookFolder.create(labbook.path.parent)
    origin = Origin(cwd=cwd, git=probe.result())
    submitted = submit(labbook, parsed.header, work, origin)
    handle = ExperimentHandle(labbook, submitted.experiment, submitted.runs)
    exit_code = 0
    if parsed.options.wait:
        handle.wait()
        ended_well = all(run.state is RunState.FINISHED for run in handle.runs)
        exit_code = 0 if ended_well else 5
    waits = "" if parsed.options.wait else why_waiting.told(submitted.runs)
    lines = [*submitted.notes, *_told(handle, waited=parsed.options.wait, waits=waits)]
    data = {
        "name": handle.name,
        "path": str(handle.path),
        "runs": [places.label(run.folder) for run in handle.runs],
        "states": [str(run.state) for run in handle.runs],
        "notes": submitted.notes,
    }
    return Answer(text="\n".join(lines), data=data, exit_code=exit_code)


def _told(handle: ExperimentHandle, *, waited: bool, waits: str) -> list[str]:
    name, count = handle.name, len(handle)
    if waited:
        states = Counter(str(run.state) for run in handle)
        told = ", ".join(f"{number} {state}" for state, number in states.items())
        return [f"{name}: {told}. See: labbook show {name}"]
    if waits:
        return [waits, f"See: labbook queue, labbook show {name}"]
    runs = "1 run is" if count == 1 else f"{count} runs are"
    return [f"{name}: {runs} on the way. Watch: labbook show {name}"]


def _planned(header: Header, work: _CommandWork) -> Answer:
    commands = [work.plan(variant, "").command for variant in variants(header)]
    noun = "run" if len(commands) == 1 else "runs"
    lines = [f"{len(commands)} {noun} would be submitted; nothing was stored:"]
    lines += [f"  {shlex.join(command)}" for command in commands]
    return Answer(text="\n".join(lines), data={"commands": commands})


@dataclass(frozen=True, slots=True)
class _CommandWork:
    """A program, as what an experiment executes."""

    command: list[str]

    def identity(self) -> str:
        """Say what is executed: the command as typed."""
        return shlex.join(self.command)

    def plan(self, variant: Variant, title: str) -> RunPlan:
        """Fill the parameters into the command's words: ``{lr}``."""
        del title
        values = {**variant.parameters, "seed": variant.seed}
        return RunPlan(
            variant=variant, command=[_filled(word, values) for word in self.command]
        )


def _filled(word: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        word = word.replace("{" + name + "}", str(value))
    return word


def _refuse_flags_of_cells(parsed: ParsedCell) -> None:
    given = {
        "--here": parsed.options.here,
        "--inputs": parsed.header.inputs,
        "--no-inputs": parsed.options.no_inputs,
    }
    for flag, value in given.items():
        if value:
            raise InvalidInputError(
                f"{flag} is about a notebook's cell, and says nothing of a program: "
                "leave it out."
            )


def _check_placeholders(command: list[str], header: Header) -> None:
    """Refuse parameters that the command never uses."""
    names = [*header.params, *header.sweep, *(["seed"] if header.seeds else [])]
    whole = " ".join(command)
    unused = [name for name in names if "{" + name + "}" not in whole]
    if unused:
        raise InvalidInputError(
            f"The command never uses {', '.join(unused)}; write it as "
            f"--{unused[0]} {{{unused[0]}}} or leave it out."
        )
