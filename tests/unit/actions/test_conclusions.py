"""Two who conclude the same experiment do not lose each other's words."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook.actions.concluding import conclude
from jupyter_labbook.actions.declared import Declared
from jupyter_labbook.errors import ConflictError, LabbookError
from jupyter_labbook.storage import experiment_file
from jupyter_labbook.storage.history import EventKind
from tests.running import declare

if TYPE_CHECKING:
    from jupyter_labbook.storage.labbook import ExperimentFolder, LabbookFolder


@pytest.fixture
def target(labbook: LabbookFolder) -> ExperimentFolder:
    target = labbook.add_experiment("trial", {"experiment.md": b"---\n---\n"})
    declare(target, question="?")
    return target


def concluded(target: ExperimentFolder) -> list[str]:
    events = Declared.of(target).events
    return [e.data["conclusion"] for e in events if e.kind is EventKind.CONCLUDED]


def test_who_knew_the_conclusion_before_may_replace_it(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    conclude(labbook, target, "First.", was="")
    conclude(labbook, target, "Second.", was=" First.\n")
    assert concluded(target) == ["First.", "Second."]


def test_who_did_not_know_it_is_told_and_nothing_is_stored(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    conclude(labbook, target, "First.")
    journal = (labbook.path / "journal.md").read_text()
    with pytest.raises(ConflictError, match=r"concluded elsewhere .*\.$") as caught:
        conclude(labbook, target, "Second.", was="")
    assert caught.value.now == "First."
    assert isinstance(caught.value, LabbookError)
    assert caught.value.exit_code == 1
    assert concluded(target) == ["First."]
    assert experiment_file.read(target.file).conclusion == "First."
    assert (labbook.path / "journal.md").read_text() == journal


def test_who_does_not_ask_replaces_whatever_is_there(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    conclude(labbook, target, "First.")
    conclude(labbook, target, "Second.")
    assert concluded(target) == ["First.", "Second."]


def test_the_same_conclusion_sent_again_is_no_conflict(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    conclude(labbook, target, "First.", was="")
    conclude(labbook, target, "First.", was="")
    assert concluded(target) == ["First."]


def test_of_several_at_once_one_is_stored(
    labbook: LabbookFolder, target: ExperimentFolder
) -> None:
    refused: list[ConflictError] = []

    def attempt(number: int) -> None:
        try:
            conclude(labbook, target, f"By {number}.", was="")
        except ConflictError as error:
            refused.append(error)

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (stored,) = concluded(target)
    assert [error.now for error in refused] == [stored] * 5
