"""What is looked into before the night: one module for each check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.model.preflight import (
    Check,
    Finding,
    Preflight,
    Remedy,
    Severity,
)
from jupyter_labbook.runtime.exits import timestamp

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from jupyter_labbook.actions.preflight.scope import Scope
    from jupyter_labbook.storage.labbook import LabbookFolder

_WEIGHT = {Severity.PROBLEM: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def check(
    labbook: LabbookFolder,
    subject: str = "",
    checks: Collection[Check] = tuple(Check),
    on_step: Callable[[str], None] = lambda _: None,
) -> Preflight:
    """Look for what would spoil the night.

    Parameters
    ----------
    labbook
        Where runs wait.
    subject
        A batch, or an experiment by name or number; empty: everything that waits.
    checks
        What to look into; smoke runs take up to a minute each.
    on_step
        Told in a few words what comes next.

    Raises
    ------
    NotFoundError
        Neither a batch nor an experiment goes by that name.
    """
    from jupyter_labbook.actions.preflight import scope as scopes

    return examine(scopes.find(labbook, subject), checks, on_step)


def examine(
    scope: Scope,
    checks: Collection[Check] = tuple(Check),
    on_step: Callable[[str], None] = lambda _: None,
) -> Preflight:
    """Look into what was chosen already; as `check`."""
    wanted = tuple(one for one in Check if one in checks)
    found: list[Finding] = []
    for one in wanted:
        on_step(f"Looking into {one}")
        try:
            found += _findings(one, scope, on_step)
        except (LabbookError, OSError) as error:
            # What the others find is not lost for it.
            found.append(_no_end(one, error))
    return Preflight(
        time=timestamp(),
        subject=scope.subject,
        experiments=tuple(one.name for one in scope.examined),
        runs=sum(1 for _ in scope.waiting()),
        checks=wanted,
        findings=tuple(ordered(found)),
    )


def ordered(found: Iterable[Finding]) -> list[Finding]:
    """Sort what was found: what matters most comes first."""
    order = list(Check)
    return sorted(found, key=lambda one: (_WEIGHT[one.severity], order.index(one.kind)))


def _no_end(which: Check, error: Exception) -> Finding:
    told = str(error).rstrip(".")
    return Finding(
        kind=which,
        severity=Severity.WARNING,
        sentence=f"Looking into {which} came to no end: {told}.",
        remedy=Remedy(f"preflight --only {which}"),
    )


def _findings(
    which: Check, scope: Scope, on_step: Callable[[str], None]
) -> Iterable[Finding]:
    from jupyter_labbook.actions.preflight import (
        ablations,
        answered,
        capacity,
        confounds,
        power,
        smoke,
        tests,
    )

    if which is Check.SMOKE:
        return smoke.findings(scope, on_step)
    if which is Check.TESTS:
        return tests.findings(scope, on_step)
    quick: dict[Check, Callable[[Scope], Iterator[Finding]]] = {
        Check.ABLATIONS: ablations.findings,
        Check.CONFOUNDS: confounds.findings,
        Check.ANSWERED: answered.findings,
        Check.CAPACITY: capacity.findings,
        Check.POWER: power.findings,
    }
    return quick[which](scope)
