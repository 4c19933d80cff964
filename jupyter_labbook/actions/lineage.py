"""Which commits stem from another one, as git tells it."""

from __future__ import annotations

import subprocess
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from jupyter_labbook.errors import InvalidInputError

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_labbook.model.run import GitState

_GIT_SECONDS = 60.0


class Stem(StrEnum):
    """Whether code stems from a commit."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Lineage:
    """What stems from one commit of a repository.

    Parameters
    ----------
    folder
        Any folder in the repository.
    commit
        As git understands it.

    Raises
    ------
    InvalidInputError
        There is no git, no repository, or no such commit in it.
    """

    def __init__(self, folder: Path, commit: str) -> None:
        self._folder = folder
        if self._ask("rev-parse", "--git-dir").returncode:
            raise InvalidInputError(
                f"{folder} is in no git repository, so nobody can tell what stems from "
                f"{commit}: name the runs with --runs, or what is wrong with --uses."
            )
        found = self._ask(
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{commit}^{{commit}}",
        )
        if found.returncode:
            hint = (
                "it is shallow: get the rest with `git fetch --unshallow`"
                if self.shallow
                else "see: git log"
            )
            raise InvalidInputError(
                f"There is no commit {commit!r} in the repository of {folder}; {hint}."
            )
        self.commit = found.stdout.strip()
        self._known: dict[str, tuple[Stem, str]] = {}

    @cached_property
    def shallow(self) -> bool:
        """Whether the repository lacks the beginning of its history."""
        found = self._ask("rev-parse", "--is-shallow-repository")
        return found.stdout.strip() == "true"

    def of(self, state: GitState | None) -> tuple[Stem, str]:
        """Say whether code that was frozen at some commit stems from this one.

        Returns
        -------
        Stem, str
            And, where that is not known or not sure, why: the end of a sentence.
        """
        if state is None:
            return Stem.UNKNOWN, "it was submitted from no git repository"
        if state.commit not in self._known:
            self._known[state.commit] = self._look(state.commit)
        stem, why = self._known[state.commit]
        if stem is Stem.NO and state.dirty:
            return Stem.UNKNOWN, (
                f"it was submitted at {state.commit[:8]}, which lacks that commit, but "
                "from files that were edited and not committed"
            )
        return stem, why

    def _look(self, commit: str) -> tuple[Stem, str]:
        found = self._ask("merge-base", "--is-ancestor", self.commit, commit)
        if found.returncode == 0:
            return Stem.YES, ""
        if found.returncode != 1:
            return Stem.UNKNOWN, f"its commit {commit[:8]} is not in the repository"
        if self.shallow:
            return Stem.UNKNOWN, (
                f"the repository is shallow, and lacks what lies before {commit[:8]}: "
                "get it with `git fetch --unshallow`"
            )
        return Stem.NO, ""

    def _ask(self, *words: str) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(  # noqa: S603  # no shell, and words of our own
                ["git", "--no-optional-locks", *words],  # noqa: S607
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_GIT_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InvalidInputError(
                f"git could not be asked ({error}), so nobody can tell which runs have "
                "that commit: name them with --runs, or what is wrong with --uses."
            ) from error
