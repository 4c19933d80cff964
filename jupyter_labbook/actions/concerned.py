"""Which runs a bug concerns: by what their code uses, by commit, or by name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jupyter_labbook.actions import todays_code
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.lineage import Lineage, Stem
from jupyter_labbook.actions.shown import of_version
from jupyter_labbook.errors import InvalidInputError, StorageError
from jupyter_labbook.model.run import RunRecord, RunState
from jupyter_labbook.snapshot.uses import How, Use, Uses, find_uses
from jupyter_labbook.storage import records, run_state, trust
from jupyter_labbook.storage.labbook import ExperimentFolder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from jupyter_labbook.model.taint import Taint
    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import LabbookFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person says that is wrong; what is said together narrows.

    Attributes
    ----------
    uses
        A function, class or module.
    runs
        ``NAME/RUN``, or ``NAME`` for every run of it.
    since
        The commit that brought the bug.
    """

    uses: str = ""
    runs: tuple[str, ...] = ()
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A run that is concerned."""

    run: RunFolder
    state: RunState
    record: RunRecord | None
    found: str = ""
    """What was found in its code; empty where it was named or dated alone."""
    taint: Taint | None = None
    """What it was marked with before."""
    shown: bool = True
    """Whether it is of its experiment's newest version."""
    unchanged: bool = False
    """Whether what it uses is today as it was then."""
    uses: tuple[Use, ...] = ()

    @property
    def place(self) -> str:
        """The run as it is named in a command: ``NAME/RUN``."""
        return _place(self.run)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A run that could be meant, and is not marked."""

    place: str
    why: str
    """The end of a sentence."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was found."""

    concerned: tuple[Concerned, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    carried: int = 0
    """Runs without the code that took values along, which it may have made."""


def search(labbook: LabbookFolder, wanted: Wanted) -> Search:
    """Find every run that is concerned; nothing is changed.

    Where what was looked for is not the same everywhere, runs that have it as it is
    today are left out: they have the fix.

    Raises
    ------
    InvalidInputError
        A word cannot be used, or git cannot tell.
    NotFoundError
        There is no such experiment or run.
    """
    _require(wanted)
    lineage = Lineage(labbook.path.parent, wanted.since) if wanted.since else None
    code = _FrozenCode(labbook)
    concerned: list[Concerned] = []
    left_out: list[LeftOut] = []
    carried = 0
    for one in _runs(labbook, wanted.runs):
        if lineage is not None:
            stem, why = lineage.of(one.record.git if one.record else None)
            if stem is Stem.UNKNOWN:
                left_out.append(LeftOut(one.place, why))
            if stem is not Stem.YES:
                continue
        if not wanted.uses:
            concerned.append(one)
            continue
        uses = code.uses(one, wanted.uses)
        if uses.found:
            concerned.append(_found(labbook, one, uses.found))
        elif why := _doubt(uses):
            left_out.append(LeftOut(one.place, why))
        elif one.record is not None and one.record.inputs:
            carried += 1
    fixed = {one.place for one in concerned if one.unchanged}
    if not wanted.uses or len(fixed) == len(concerned):
        fixed = set()
    left_out += [LeftOut(place, _FIXED) for place in sorted(fixed)]
    kept = tuple(one for one in concerned if one.place not in fixed)
    return Search(kept, tuple(left_out), carried)


_FIXED = "it has what it uses as it is today, unlike the others"


def _require(wanted: Wanted) -> None:
    if not (wanted.uses or wanted.runs or wanted.since):
        raise InvalidInputError(
            "Say what is wrong: --uses NAME of a function, class or module, --since "
            "COMMIT, or --runs NAME/RUN."
        )
    if wanted.uses and not all(map(str.isidentifier, wanted.uses.split("."))):
        raise InvalidInputError(
            f"{wanted.uses!r} names no function, class or module; write split_data, "
            "Trainer.fit or labkit.data."
        )


def _runs(labbook: LabbookFolder, named: tuple[str, ...]) -> Iterable[Concerned]:
    """List the runs that may be concerned: what was cancelled has no results."""
    wanted: dict[ExperimentFolder, set[str]] = {}
    if named:
        by_path = {one.path: one for one in labbook.experiments()}
        for reference in named:
            name, _, label = reference.partition("/")
            experiment = by_path[labbook.experiment(name).path]
            labels = [experiment.run(label)] if label else experiment.runs()
            wanted.setdefault(experiment, set()).update(run.label for run in labels)
    for experiment in wanted or labbook.experiments():
        yield from _of(experiment, wanted.get(experiment))


def _of(experiment: ExperimentFolder, labels: set[str] | None) -> Iterable[Concerned]:
    declared = Declared.as_far_as_readable(experiment)
    found = [_standing(run, declared) for run in experiment.runs()]
    versions = {one.run: one.record.version if one.record else None for one in found}
    shown = set(of_version(versions, declared.version))
    for one in found:
        named = labels is not None and one.run.label in labels
        if named or (labels is None and one.state is not RunState.CANCELLED):
            yield replace(one, shown=one.run in shown)


def _standing(run: RunFolder, declared: Declared) -> Concerned:
    try:
        record = records.read(run.record, RunRecord)
        state = run_state.derive(run, trust.trusted)
    except StorageError:
        record, state = None, RunState.UNKNOWN
    taint = declared.taints.get(run.label)
    return Concerned(run=run, state=state, record=record, taint=taint)


def _doubt(uses: Uses) -> str:
    if uses.beside:
        return f"{uses.beside[0]}, but nothing in its script leads there"
    if uses.unreadable:
        return f"its {uses.unreadable[0]} cannot be read as Python"
    return ""


def _found(labbook: LabbookFolder, one: Concerned, uses: tuple[Use, ...]) -> Concerned:
    # Where it stands says more than who asks for it.
    telling = sorted(uses, key=lambda use: use.how is not How.DEFINES)
    same = one.record is not None and todays_code.unchanged(labbook, one.record, uses)
    return replace(one, found=str(telling[0]), uses=uses, unchanged=same)


class _FrozenCode:
    """The code that runs were frozen with; most of them share it."""

    def __init__(self, labbook: LabbookFolder) -> None:
        self._labbook = labbook
        self._modules: dict[str, dict[str, bytes]] = {}

    def uses(self, one: Concerned, target: str) -> Uses:
        """Look for something in what a run was frozen with."""
        try:
            script = one.run.script.read_text("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError):
            script = ""
        modules = self._of(one.record.code if one.record else "")
        last = target.rpartition(".")[2]
        spelt = last.encode()
        # A name that is nowhere spelt is nowhere used: nothing has to be parsed.
        if last not in script and not any(
            spelt in content or last in path for path, content in modules.items()
        ):
            return Uses()
        return find_uses(target, script, modules)

    def _of(self, code: str) -> dict[str, bytes]:
        if code not in self._modules:
            folder = self._labbook.path / "code" / code
            found: dict[str, bytes] = {}
            for path in sorted(folder.rglob("*.py")) if code else ():
                found[path.relative_to(folder).as_posix()] = _content(path)
            self._modules[code] = found
        return self._modules[code]


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b"\0"  # not Python: nobody can tell


def _place(run: RunFolder) -> str:
    return f"{ExperimentFolder(run.experiment).name}/{run.label}"
