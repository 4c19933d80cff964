"""Verbs that change something: init, stop, rerun, conclude."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_labbook.actions import ending, publishing, rerunning, why_waiting
from jupyter_labbook.actions.concluding import conclude as record_conclusion
from jupyter_labbook.actions.handles import ExperimentHandle, RunHandle
from jupyter_labbook.actions.verbs import places
from jupyter_labbook.actions.verbs.answer import Answer
from jupyter_labbook.actions.wishes import wishes
from jupyter_labbook.model.experiment import Header
from jupyter_labbook.model.run import RunRecord, RunState
from jupyter_labbook.rendering.comparison import reproduction_text
from jupyter_labbook.storage import records, run_state
from jupyter_labbook.storage.labbook import LabbookFolder

if TYPE_CHECKING:
    import argparse

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
            place = places.label(run)
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
    experiment = places.whole(labbook, args.name)
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
    asked = wishes(Header(when=args.when), labbook)
    new = rerunning.rerun(
        labbook, experiment, originals, current=args.current, wishes=asked
    )
    pairs = list(zip(originals, new, strict=True))
    if not args.wait:
        lines = [f"{old.label} runs again as {run.label}." for old, run in pairs]
        lines += _new_version(pairs)
        lines += filter(None, [why_waiting.told(new)])
        lines.append(f"When it has ended: labbook compare {_places(pairs[0])}")
        data = [{"original": old.label, "rerun": run.label} for old, run in pairs]
        return Answer(text="\n".join(lines), data=data)
    ExperimentHandle(labbook, experiment, new).wait()
    return _reproduced(pairs)


def _new_version(pairs: list[tuple[RunFolder, RunFolder]]) -> list[str]:
    """Say that the verdict now rests on other code, if it does."""
    before, after = (records.read(run.record, RunRecord) for run in pairs[0])
    if before is None or after is None or before.version == after.version:
        return []
    told = f"The code has changed: this is version {after.version}, and the verdict is"
    return [f"{told} that of its runs alone."]


def _places(pair: tuple[RunFolder, RunFolder]) -> str:
    return " ".join(map(places.label, pair))


def _reproduced(pairs: list[tuple[RunFolder, RunFolder]]) -> Answer:
    texts, told, same, ended_well = _new_version(pairs), [], True, True
    for original, repeated in pairs:
        found = rerunning.compare(original, repeated)
        state = RunHandle(repeated).state
        same = same and found.exact
        ended_well = ended_well and state is RunState.FINISHED
        ended = run_state.read_exit(repeated)
        why = f": {ended.reason}" if ended and ended.reason else ""
        texts.append(
            f"{original.label} again as {repeated.label} ({state}{why}):\n"
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
    exit_code = 5 if not ended_well else 0 if same else 1
    return Answer(text="\n".join(texts), data=told, exit_code=exit_code)
