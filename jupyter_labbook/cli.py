"""The ``labbook`` command: arguments only."""

from __future__ import annotations

import os
import sys

from jupyter_labbook import __version__
from jupyter_labbook.actions.verbs import HelpShown, parse
from jupyter_labbook.errors import LabbookError, StorageError


def main(argv: list[str] | None = None) -> int:
    """Execute the command; returns its exit code."""
    words = sys.argv[1:] if argv is None else argv
    if words == ["--version"]:
        print(__version__)
        return 0
    try:
        exit_code = _answered(words)
        sys.stdout.flush()
    except LabbookError as error:
        print(f"labbook: {error}", file=sys.stderr)
        exit_code = error.exit_code
    except BrokenPipeError:
        # Whoever read the output has had enough, such as `head`. What is left in
        # the buffer must go somewhere when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_code = 0
    except OSError as error:
        print(f"labbook: {error}", file=sys.stderr)
        exit_code = StorageError.exit_code
    except KeyboardInterrupt:
        exit_code = 130
    return exit_code


def _answered(words: list[str]) -> int:
    try:
        request = parse(words)
    except HelpShown as shown:
        print(shown.text, end="")
        return 0
    answer = request.act()
    if request.args.json:
        print(answer.json())
        return answer.exit_code
    for part in answer.stream or ():
        print(part, end="", flush=True)
    if answer.text:
        print(answer.text)
    if answer.ask is not None and sys.stdin.isatty():
        question, act = answer.ask
        if input(f"\n{question} [y/N] ").strip().lower() in ("y", "yes"):
            print(act().text)
    return answer.exit_code


if __name__ == "__main__":
    sys.exit(main())
