"""What ``%load_ext jupyter_labbook`` does: two magics, and completion of their words.

Everything else is loaded when a magic is first used.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from IPython.core.error import UsageError
from IPython.core.magic import no_var_expand

from jupyter_labbook.errors import LabbookError
from jupyter_labbook.notebook.greeting import greeting
from jupyter_labbook.snapshot.keys import help_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell


def load(shell: InteractiveShell) -> None:
    """Register the magics with a shell."""

    def experiment(line: str, cell: str | None = None) -> Any:  # noqa: ANN401
        from jupyter_labbook.notebook.experiment_magic import experiment as run

        return _plainly(lambda: run(shell, line, cell))

    experiment.__doc__ = help_text()

    def labbook(line: str) -> Any:  # noqa: ANN401
        """Read and steer the labbook: the verbs of the ``labbook`` command.

        ``%labbook -h`` lists them.
        """
        from jupyter_labbook.notebook.labbook_magic import labbook as run

        return _plainly(lambda: run(shell, line))

    # A question may contain {x}, which is no variable of the notebook.
    for magic, kind in ((experiment, "line_cell"), (labbook, "line")):
        plain = no_var_expand(cast("Any", magic))  # typed for methods alone
        shell.register_magic_function(plain, kind, magic.__name__)
    _register_completion(shell)
    transforms = shell.input_transformer_manager.cleanup_transforms
    for transform in (_with_body, _with_question_mark):
        if transform not in transforms:
            transforms.insert(0, transform)
    _greet()


def _greet() -> None:
    """Say in one line that results are ready, if any are."""
    try:
        said = greeting(Path.cwd())
    except OSError:
        return  # the folder is gone
    if said:
        print(said)


def _plainly(action: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Show our own errors as one sentence, without a traceback."""
    try:
        return action()
    except LabbookError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        # The machine's own words, such as for a folder that may not be read.
        raise UsageError(f"Nothing more was done: {error}") from None


def _register_completion(shell: InteractiveShell) -> None:
    from IPython.core.completer import context_matcher

    @context_matcher(priority=200, identifier="jupyter_labbook")  # type: ignore[untyped-decorator]
    def matcher(context: Any) -> Any:  # noqa: ANN401  # IPython's own
        from jupyter_labbook.notebook.completion import match

        return match(context)

    matchers = shell.Completer.custom_matchers
    matchers[:] = [
        known
        for known in matchers
        if getattr(known, "matcher_identifier", "") != matcher.matcher_identifier
    ]
    matchers.append(matcher)


def _with_body(lines: list[str]) -> list[str]:
    """Let ``%%experiment -h`` be asked for without a cell below it.

    IPython refuses a cell magic without a body before the magic is called.
    """
    text = [line for line in lines if line.strip()]
    if len(text) == 1 and re.match(r"%%experiment(\s|$)", text[0]):
        return [text[0].rstrip("\n") + "\n", "\n"]
    return lines


def _with_question_mark(lines: list[str]) -> list[str]:
    """Let the words of ``%labbook`` end in a question mark.

    IPython takes ``%labbook plan add question Why?`` for a request for help.
    """
    return [
        f"get_ipython().run_line_magic('labbook', {line.strip()[9:]!r})\n"
        if line.startswith("%labbook ") and line.rstrip().endswith("?")
        else line
        for line in lines
    ]
