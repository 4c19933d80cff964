"""Which scripts would have crashed at 02:00: each is tried for a minute now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jupyter_labbook.actions import outputs
from jupyter_labbook.actions.preflight import trying
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.insight import durations
from jupyter_labbook.insight.evidence import describe
from jupyter_labbook.model.expression import key_of
from jupyter_labbook.model.preflight import Check, Finding, Remedy, Severity
from jupyter_labbook.rendering.formats import format_duration
from jupyter_labbook.rendering.log_tail import plain, tail_lines
from jupyter_labbook.rendering.tracebacks import own_frames
from jupyter_labbook.runtime import files
from jupyter_labbook.storage import records, run_state, trust

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from jupyter_labbook.actions.preflight.scope import Examined, Known, Scope
    from jupyter_labbook.actions.preflight.trying import Tried
    from jupyter_labbook.model.run import Expected

_LINES: Final = 12
_WIDTH: Final = 200


def findings(
    scope: Scope,
    on_step: Callable[[str], None] = lambda _: None,
    *,
    seconds: float = trying.MINUTE,
    patience: float = 20.0,
) -> Iterator[Finding]:
    """Try the scripts that wait, and tell which fail.

    Parameters
    ----------
    scope
        What waits; what is learned of durations is noted in it.
    on_step
        Told what is tried next.
    seconds, patience
        As for `trying.try_out`.
    """
    for one in scope.examined:
        for known in chosen(one.waiting):
            assert known.ticket is not None
            on_step(f"Trying {one.label(known)}")
            try:
                tried = trying.try_out(
                    scope.labbook,
                    known.run,
                    known.ticket,
                    seconds=seconds,
                    patience=patience,
                )
            except LabbookError as error:
                yield _finding(one, known, Severity.WARNING, str(error))
                continue
            _learn(scope, one, known, tried)
            found = _told(one, known, tried, seconds)
            if found is not None:
                yield found


def chosen(waiting: list[Known]) -> list[Known]:
    """Choose runs so that every path through the code is tried, not every number.

    One for each script, and one more for each value of a parameter that is no number:
    those choose between models and methods, while numbers rarely change what is done.
    """
    seen: set[Hashable] = set()
    found = []
    for known in waiting:
        record = known.record
        work: Hashable = (
            (record.code, tuple(record.command[:1]), record.version),
            tuple(sorted(record.inputs.items())),
        )
        keys: set[Hashable] = {work} | {
            (work, name, key_of(value))
            for name, value in record.parameters.items()
            if isinstance(value, bool) or not isinstance(value, int | float)
        }
        if not keys <= seen:
            found.append(known)
        seen |= keys
    return found


def _told(one: Examined, known: Known, tried: Tried, seconds: float) -> Finding | None:
    given = describe(known.record.parameters, known.record.parameters)
    which = f"{one.label(known)} ({given})" if given else one.label(known)
    match tried.outcome:
        case trying.Outcome.FAILED:
            found = _finding(
                one,
                known,
                Severity.PROBLEM,
                f"{which} would have crashed {format_duration(tried.seconds)} after "
                f"its start: {_first_line(tried.error)}. Take it out, correct the cell "
                "and submit it again.",
            )
            alike = _alike(one, known)
            remedy = one.stopping(alike)
            return replace(found, runs=alike, detail=_tail(tried), remedy=remedy)
        case trying.Outcome.SILENT:
            told = f"{which} logged nothing in its first {format_duration(seconds)}"
            advice = "sample(...) makes its data small in a smoke run"
            return _finding(one, known, Severity.NOTE, f"{told}: {advice}.")
        case trying.Outcome.NO_ROOM:
            told = f"{which} was not tried, since other runs hold every slot or GPU"
            verb = Remedy(f"preflight {one.name} --only smoke")
            found = _finding(one, known, Severity.NOTE, f"{told}.")
            return replace(found, remedy=verb)
        case _:
            return None


def _alike(one: Examined, known: Known) -> tuple[str, ...]:
    """Name the runs that will not do better: they differ in their seeds alone."""
    key = key_of({**known.record.parameters})
    several = len(chosen(one.waiting)) > 1
    return tuple(
        one.label(each)
        for each in one.waiting
        if not several or key_of({**each.record.parameters}) == key
    )


def _finding(one: Examined, known: Known, severity: Severity, told: str) -> Finding:
    return Finding(
        kind=Check.SMOKE,
        severity=severity,
        sentence=told,
        runs=(one.label(known),),
    )


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "").rstrip(".") or "nobody knows why"


def _tail(tried: Tried) -> str:
    if tried.run is None:
        return ""
    text = own_frames(outputs.read_tail(tried.run.output))
    return "\n".join(plain(line) for line in tail_lines(text, _LINES, _WIDTH))


def _learn(scope: Scope, one: Examined, known: Known, tried: Tried) -> None:
    """Let tickets say how long their runs take, where nothing better is known."""
    trial = tried.trial
    expected = durations.expect_from_trial(trial) if trial else None
    if expected is None:
        return
    for each in one.waiting:
        if each.record.inputs != known.record.inputs:
            continue
        if each.ticket is not None and each.ticket.expected is None:
            scope.learned.setdefault(each.run, expected)
            _note(scope, each, expected)


def _note(scope: Scope, known: Known, expected: Expected) -> None:
    with scope.labbook.lock():
        try:
            ticket = run_state.read_ticket(known.run)
        except LabbookError:
            return
        if ticket is None or ticket.expected or not trust.trusted(known.run, ticket):
            return
        signed = trust.sign(replace(ticket, expected=expected))
        files.replace(known.run.ticket, records.encode(signed))
