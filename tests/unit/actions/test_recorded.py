"""Verdicts are told as they were recorded, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.concluding import record_verdict
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.actions.recorded import recorded
from jupyter_labbook.model.view import Outcome
from jupyter_labbook.storage.history import EventKind, History
from tests.mornings import NIGHT, asked, ended, final, stamp

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import LabbookFolder


@pytest.fixture
def target(labbook: LabbookFolder) -> Any:
    target = asked(labbook, predict=["accuracy > 0.9 (80%)"])
    ended(labbook, target, metrics=final(accuracy=0.95))
    return target


def told(target: Any) -> list[Outcome]:
    found = recorded(Declared.as_far_as_readable(target))
    return [verdict.outcome for verdict in found]


def test_the_last_verdict_counts(labbook: LabbookFolder, target: Any) -> None:
    assert told(target) == []
    record_verdict(labbook, target)
    assert told(target) == [Outcome.SUPPORTED]


def test_a_verdict_of_an_earlier_version_does_not(
    labbook: LabbookFolder, target: Any
) -> None:
    record_verdict(labbook, target)
    data = {"version": 2, "declared": {"question": "Now?"}, "changed": []}
    History(target.path).append(EventKind.AMENDED, data, stamp(NIGHT))
    assert told(target) == []


@pytest.mark.parametrize("verdicts", [None, "supported", [{"outcome": "perhaps"}]])
def test_what_is_no_verdict_is_passed_over(target: Any, verdicts: object) -> None:
    data = {"version": 1, "verdicts": verdicts, "runs": {}}
    History(target.path).append(EventKind.VERDICT, data, stamp(NIGHT))
    assert told(target) == []
