"""The ``labbook`` command: arguments only."""

from __future__ import annotations

import sys

from jupyter_labbook import __version__
from jupyter_labbook.actions.verbs import HelpShown, parse
from jupyter_labbook.errors import LabbookError


def main(argv: list[str] | None = None) -> int:
    """Execute the command; returns its exit code."""
    words = sys.argv[1:] if argv is None else argv
    if words == ["--version"]:
        print(__version__)
        return 0
    try:
        request = parse(words)
        answer = request.act()
        if request.args.json:
            print(answer.json())
        else:
            for part in answer.stream or ():
                print(part, end="", flush=True)
            if answer.text:
                print(answer.text)
    except HelpShown as shown:
        print(shown.text, end="")
        return 0
    except LabbookError as error:
        print(f"labbook: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read the output has had enough, such as `head`.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return answer.exit_code


if __name__ == "__main__":
    sys.exit(main())
