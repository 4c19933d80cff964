"""The one command that mends a finding, executed for who clicks on it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jupyter_labbook.actions.preflight import whole
from jupyter_labbook.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jupyter_labbook.actions.verbs.answer import Answer
    from jupyter_labbook.model.queue import QueueEntry
    from jupyter_labbook.storage.labbook import LabbookFolder


def mend(labbook: LabbookFolder, verb: str, entries: Iterable[QueueEntry]) -> str:
    """Do what a finding asks for, and forget the finding.

    Parameters
    ----------
    labbook
        Where it was found.
    verb
        The remedy of a finding that is known of what waits.
    entries
        The queue as it stands.

    Returns
    -------
    str
        What was done, for a person.

    Raises
    ------
    NotFoundError
        It mends nothing that is known: it was seen to already, or waits no longer.
    LabbookError
        It cannot be done.
    """
    gone = [
        one
        for one in whole.known(labbook, entries).findings
        if one.remedy is not None and one.remedy.verb == verb
    ]
    if not gone:
        raise NotFoundError(
            f"Nothing that was found is mended by {verb!r}: it was seen to already; "
            "look again."
        )
    told = _do(labbook, verb)
    whole.forget(labbook, gone)
    return told


def _do(labbook: LabbookFolder, verb: str) -> str:
    from jupyter_labbook.actions.verbs import changing, parse, preparing, queueing

    words = shlex.split(verb)
    if words[0] == "preflight":
        whole.begin(labbook, parse(words).args.subject)
        return "Looking again."
    # The findings are a file: nothing but these is done at its word.
    known: dict[str, Callable[..., Answer]] = {
        "ablate": preparing.ablate,
        "queue": queueing.queue_verb,
        "rerun": changing.rerun,
        "stop": changing.stop,
    }
    act = known.get(words[0])
    args = parse(words).args if act else None
    if act is None or getattr(args, "wait", False):
        raise InvalidInputError(f"This is to be done by hand: labbook {verb}")
    return act(labbook, args).text
