"""What is looked into before the night: one module for each check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.model.preflight import Check, Finding, Preflight, Severity
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

    scope = scopes.find(labbook, subject)
    wanted = tuple(one for one in Check if one in checks)
    found: list[Finding] = []
    for one in wanted:
        on_step(f"Looking into {one}")
        found += _findings(one, scope, on_step)
    order = list(Check)
    found.sort(key=lambda one: (_WEIGHT[one.severity], order.index(one.kind)))
    return Preflight(
        time=timestamp(),
        subject=subject,
        experiments=tuple(one.name for one in scope.examined),
        runs=sum(1 for _ in scope.waiting()),
        checks=wanted,
        findings=tuple(found),
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
