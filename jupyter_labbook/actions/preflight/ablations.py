"""Factors that are never taken away, though their experiments say how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_labbook.actions import ablating
from jupyter_labbook.errors import LabbookError
from jupyter_labbook.insight.evidence import describe
from jupyter_labbook.insight.wording import counted
from jupyter_labbook.model.expression import scalar
from jupyter_labbook.model.preflight import Check, Finding, Remedy, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_labbook.actions.preflight.scope import Scope
    from jupyter_labbook.insight.ablations import Ablation


def findings(scope: Scope) -> Iterator[Finding]:
    """Name each factor whose absence no run shows."""
    for one in scope.examined:
        if not one.declared.header.get("ablate"):
            continue
        try:
            missing = ablating.missing(scope.labbook, one.experiment)
        except LabbookError:
            continue  # damaged files are told by other verbs
        of_programs = any(known.record.command for known in one.runs)
        for ablation in missing:
            verb = f"ablate {one.name} {ablation.factor}"
            yield Finding(
                kind=Check.ABLATIONS,
                severity=Severity.WARNING,
                sentence=sentence(one.name, ablation),
                runs=(one.name,),
                remedy=None if of_programs else Remedy(verb),
            )


def sentence(name: str, ablation: Ablation) -> str:
    """Say what no run shows, and what it would take."""
    off = f"{ablation.factor}={scalar(ablation.off)}"
    rest = describe(
        ablation.base, [key for key in ablation.base if key != ablation.factor]
    )
    which = f"the best by {ablation.metric}" if ablation.best else "as proposed"
    base = f" ({rest}, {which})" if rest else ""
    seeds = counted(len(ablation.seeds), "seed")
    return (
        f"No run of {name} has {off}{base}: what {ablation.factor} contributes will "
        f"not be known; {seeds} would show it."
    )
