"""``%labbook VERB``: the verbs of the command line, drawn where a page can draw."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from jupyter_labbook.actions import verbs
from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.notebook import surroundings

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from jupyter_labbook.actions.verbs.answer import Answer


def labbook(shell: InteractiveShell, line: str) -> None:
    """Execute the magic."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise InvalidInputError(f"{error}; check the quotes in: {line}") from None
    try:
        request = verbs.parse(words, prog="%labbook")
    except verbs.HelpShown as shown:
        print(shown.text)
        return
    answer = request.act()
    if request.args.json:
        print(answer.json())
    elif not (surroundings.is_kernel(shell) and _drawn(shell, answer)):
        for part in answer.stream or ():
            print(part, end="", flush=True)
        if answer.text:
            print(answer.text)


def _drawn(shell: InteractiveShell, answer: Answer) -> bool:
    """Show what a page can show better than text; False if there is no such thing."""
    if answer.plan is not None:
        from jupyter_labbook.notebook.plan_output import PlanOutput

        PlanOutput(shell, answer.plan).show()
        return True
    if answer.experiment is not None:
        from jupyter_labbook.notebook.live import LiveView, attach, follow
        from jupyter_labbook.storage.labbook import LabbookFolder

        attach(shell)
        handle = answer.experiment
        follow(LiveView(LabbookFolder(handle.folder.labbook), handle.folder))
        return True
    if answer.html:
        from IPython.display import display

        forms = {"text/html": answer.html, "text/plain": answer.text}
        display(forms, raw=True)
        return True
    return False
