"""Verbs that change something: init, stop, rerun, conclude, run."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.actions import ending, publishing, rerunning
from jupyter_labbook.actions.concluding import conclude as record_conclusion
from jupyter_labbook.actions.handles import ExperimentHandle, RunHandle
from jupyter_labbook.actions.provenance import GitProbe
from jupyter_labbook.actions.publishing import Origin, RunPlan
from jupyter_labbook.actions.submit import submit
from jupyter_labbook.actions.verbs import places
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.errors import InvalidInputError, NoLabbookError
from jupyter_labbook.model.run import RunState
from jupyter_labbook.rendering.comparison import reproduction_text
from jupyter_labbook.snapshot.header import parse
from jupyter_labbook.storage import records
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from jupyter_labbook.model.experiment import Header, Variant
    from jupyter_labbook.runtime.layout import RunFolder


def init(args: argparse.Namespace) -> Answer:
    """Begin a labbook in a folder."""
    parent = Path(args.folder)
    known = (parent / "labbook" / "labbook.toml").exists()
    labbook = LabbookFolder.create(parent)
    text = f"{labbook.path} {'is a labbook already' if known else 'is your labbook'}."
    return Answer(text=text, data={"path": str(labbook.path), "new": not known})


def stop(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """End runs: waiting ones are cancelled, running ones stopped."""
    lines, told = [], []
    for name in args.names:
        for run in places.runs(labbook, name):
            state = ending.stop(run, args.reason, "command", publishing.surroundings())
            place = f"{run.experiment.name}/{run.label}"
            if state.ended:
                lines.append(f"{place} had ended already: {state}.")
            elif state is RunState.RUNNING:
                lines.append(f"{place} is being stopped.")
            else:
                lines.append(f"{place} is cancelled.")
            told.append({"run": place, "was": str(state)})
    return Answer(text="\n".join(lines) or "There was nothing to stop.", data=told)


def conclude(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Record what was learned."""
    experiment = places.experiment(labbook, args.name)
    text = " ".join(args.text)
    record_conclusion(labbook, experiment, text)
    return Answer(
        text=f"Recorded in {experiment.file} and {labbook.path / 'journal.md'}.",
        data={"name": experiment.name, "conclusion": text.strip()},
    )


def rerun(labbook: LabbookFolder, args: argparse.Namespace) -> Answer:
    """Repeat runs with frozen code and the same seed, and compare the metrics."""
    experiment = places.experiment(labbook, args.name)
    originals = places.runs(labbook, args.name)
    new = rerunning.rerun(labbook, experiment, originals, current=args.current)
    pairs = list(zip(originals, new, strict=True))
    if not args.wait:
        lines = [f"{old.label} runs again as {run.label}." for old, run in pairs]
        lines.append(f"When it has ended: labbook compare {_places(pairs[0])}")
        data = [{"original": old.label, "rerun": run.label} for old, run in pairs]
        return Answer(text="\n".join(lines), data=data)
    ExperimentHandle(labbook, experiment, new).wait()
    return _reproduced(pairs)


def _places(pair: tuple[RunFolder, RunFolder]) -> str:
    return " ".join(f"{run.experiment.name[5:]}/{run.label}" for run in pair)


def _reproduced(pairs: list[tuple[RunFolder, RunFolder]]) -> Answer:
    texts, told, same = [], [], True
    for original, repeated in pairs:
        found = rerunning.compare(original, repeated)
        state = RunHandle(repeated).state
        same = same and found.exact and state is RunState.FINISHED
        texts.append(
            f"{original.label} again as {repeated.label} ({state}):\n"
            f"{reproduction_text(found)}"
        )
        told.append(
            {
                "original": original.label,
                "rerun": repeated.label,
                "state": str(state),
                **records.to_builtins(found),
            }
        )
    return Answer(text="\n".join(texts), data=told, exit_code=0 if same else 1)


@dataclass(frozen=True, slots=True)
class _CommandWork:
    """A program, as what an experiment executes."""

    command: list[str]

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


def run(args: argparse.Namespace) -> Answer:
    """Run a program as an experiment."""
    command = args.rest[args.rest.index("--") + 1 :] if "--" in args.rest else []
    flags = args.rest[: args.rest.index("--")] if "--" in args.rest else args.rest
    if not command:
        raise InvalidInputError(
            "Name the program behind two dashes: "
            'labbook run --why "does it start" -- python train.py'
        )
    parsed = parse(shlex.join(flags), "")
    _check_placeholders(command, parsed.header)
    cwd = Path.cwd()
    probe = GitProbe(cwd)
    try:
        labbook = LabbookFolder.find(cwd)
    except NoLabbookError:
        labbook = LabbookFolder.create(cwd)
    submitted = submit(
        labbook,
        parsed.header,
        _CommandWork(command),
        Origin(cwd=cwd, git=probe.result()),
    )
    handle = ExperimentHandle(labbook, submitted.experiment, submitted.runs)
    exit_code = 0
    if parsed.options.wait:
        handle.wait()
        states = [found.state for found in handle.runs]
        exit_code = 0 if all(s is RunState.FINISHED for s in states) else 5
    lines = [*submitted.notes, repr(handle), f"Watch it: labbook show {handle.name}"]
    data = {
        "name": handle.name,
        "path": str(handle.path),
        "runs": [found.folder.label for found in handle.runs],
    }
    return Answer(text="\n".join(lines), data=data, exit_code=exit_code)


def _check_placeholders(command: list[str], header: Header) -> None:
    """Refuse parameters that the command never uses."""
    params = {**header.params, **header.sweep}
    whole = " ".join(command)
    unused = [name for name in params if "{" + name + "}" not in whole]
    if unused:
        raise InvalidInputError(
            f"The command never uses {', '.join(unused)}; write it as "
            f"--{unused[0]} {{{unused[0]}}} or leave the parameter out."
        )
