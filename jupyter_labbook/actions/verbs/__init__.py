"""The verbs of ``labbook`` and ``%labbook``: one parser, one vocabulary."""

from __future__ import annotations

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from jupyter_labbook.errors import InvalidInputError
from jupyter_labbook.model.run import RunState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jupyter_labbook.actions.verbs.answer import Answer

VERBS = {
    "init": "begin a labbook in a folder",
    "list": "every experiment with its verdict",
    "show": "one experiment: question, prediction, runs, verdict",
    "tail": "the end of a run's output",
    "stop": "end runs, waiting or running",
    "rerun": "repeat runs: frozen code, same seed",
    "queue": "what waits, when it will begin, and how to change that",
    "preflight": "what would spoil the night, before it begins",
    "backfill": "searches that go on in hours that nothing else makes use of",
    "ablate": "queue the runs without one factor each that are missing",
    "compare": "two experiments or runs: what changed, then the metrics",
    "invalidate": "a bug was found: mark what it touched, and run it again",
    "plan": "the five lists to work on meanwhile",
    "morning": "what is ready, what failed, what you were right about",
    "evening": "how full tonight is, and what could fill it",
    "conclude": "record what was learned",
    "verify": "whether the history is as it was written",
    "run": "run a program as an experiment",
    "service": "have waiting runs served again when the machine has started",
    "demo": "a first experiment, on real data, in half a minute",
}

EXIT_CODES = """\
exit codes: 0 done; 1 done, and something is not as it should be (verify, rerun,
preflight); 2 the words cannot be used; 3 nothing of that name; 4 the labbook's
files cannot be read or written; 5 a run did not end well"""

_LAST = 10
_WIDEST = 120


class _Parser(argparse.ArgumentParser):
    """Raises our own error in place of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise InvalidInputError(f"{message}; see: {self.prog} -h")


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed verb, ready to be answered."""

    args: argparse.Namespace
    act: Callable[[], Answer]


class HelpShown(Exception):  # noqa: N818  # no error: the help was all that was wanted
    """The arguments asked for help; ``text`` is it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class _ShowHelp(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise HelpShown(parser.format_help())


def parse(argv: Sequence[str], prog: str = "labbook") -> Request:
    """Understand the words of a command.

    Raises
    ------
    InvalidInputError
        They cannot be used.
    HelpShown
        Help was asked for.
    """
    parser = _parser(prog)
    words = list(argv)
    if words and not words[0].startswith("-") and words[0] not in VERBS:
        raise InvalidInputError(_unknown(words[0], prog))
    # What follows the dashes belongs to another program, flags and all.
    end = words.index("--") if "--" in words and words[0] == "run" else len(words)
    args, flags = parser.parse_known_args(words[:end])
    if flags and args.verb != "run":
        parser.error(f"unrecognized arguments: {' '.join(flags)}")
    if not args.verb:
        raise HelpShown(parser.format_help())
    args.flags, args.command = flags, words[end + 1 :]
    args.width = min(_WIDEST, shutil.get_terminal_size().columns)
    return Request(args, lambda: _act(args))


def _unknown(word: str, prog: str) -> str:
    import difflib

    near = difflib.get_close_matches(word.lower(), VERBS, n=1, cutoff=0.5)
    hint = f"did you mean `{prog} {near[0]}`? " if near else ""
    return f"There is no verb {word!r}: {hint}The verbs are {', '.join(VERBS)}."


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=prog,
        description="A lab notebook for machine-learning experiments.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    shared = _shared(json=False, labbook=None)
    parser.add_argument("-h", "--help", action=_ShowHelp, nargs=0, help="show this")
    parser.add_argument("--version", action="store_true", help="show the version")
    subparsers = parser.add_subparsers(
        dest="verb", metavar="VERB", parser_class=_Parser
    )
    made = {
        verb: subparsers.add_parser(
            verb,
            help=text,
            description=text,
            parents=[shared],
            add_help=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        for verb, text in VERBS.items()
    }
    _declare(made)
    return parser


def _shared(**defaults: object) -> _Parser:
    """Declare what every verb takes."""
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    shared.add_argument("-h", "--help", action=_ShowHelp, nargs=0, help="show this")
    shared.add_argument(
        "--json",
        action="store_true",
        help="for other programs",
        default=defaults.get("json", argparse.SUPPRESS),
    )
    shared.add_argument(
        "--labbook",
        metavar="FOLDER",
        help="where to look; by default here and above",
        default=defaults.get("labbook", argparse.SUPPRESS),
    )
    return shared


_NAME: Final[dict[str, Any]] = {
    "metavar": "NAME",
    "help": "an experiment, by name or number",
}
_RUN: Final[dict[str, Any]] = {
    "metavar": "NAME[/RUN]",
    "help": "an experiment or one of its runs",
}


def _declare(made: Mapping[str, argparse.ArgumentParser]) -> None:
    """Declare what each verb takes."""
    from jupyter_labbook.actions.verbs import (
        digesting,
        filling,
        invalidating,
        planning,
        preparing,
        queueing,
        running,
        serving,
    )

    made["init"].add_argument("folder", nargs="?", default=".", metavar="FOLDER")
    made["demo"].add_argument("folder", nargs="?", default="labbook-demo")
    _declare_looking(made)
    _declare_changing(made)
    invalidating.configure(made["invalidate"])
    # What stands behind an act must not undo what stood before it.
    planning.configure(made["plan"], _shared())
    serving.configure(made["service"], _shared())
    queueing.configure(made["queue"], _shared())
    filling.configure(made["backfill"], _shared())
    running.configure(made["run"])
    digesting.configure(made["morning"], made["evening"])
    preparing.configure(made)


def _declare_looking(made: Mapping[str, argparse.ArgumentParser]) -> None:
    made["list"].add_argument(
        "--state",
        choices=[str(state) for state in RunState],
        metavar="STATE",
        help=f"only those with such a run: {', '.join(RunState)}",
    )
    made["show"].add_argument("name", **_NAME)
    made["tail"].add_argument("name", **_RUN)
    made["tail"].add_argument("-f", "--follow", action="store_true", help="go on")
    made["tail"].add_argument(
        "-n", "--lines", type=_count, default=_LAST, help="how many; 10 if not said"
    )
    made["compare"].add_argument("a", **_RUN)
    made["compare"].add_argument(
        "b", nargs="?", help="another; without it, tainted runs against their reruns"
    )


def _declare_changing(made: Mapping[str, argparse.ArgumentParser]) -> None:
    made["stop"].add_argument("names", nargs="+", **_RUN)
    made["stop"].add_argument("--reason", default="stopped by hand")
    made["rerun"].add_argument("name", **_RUN)
    made["rerun"].add_argument(
        "--current", action="store_true", help="with the project's code of today"
    )
    made["rerun"].add_argument(
        "--when", default="now", metavar="WINDOW", help="such as tonight"
    )
    made["rerun"].add_argument(
        "--wait", action="store_true", help="wait, and say which metrics differ"
    )
    made["conclude"].add_argument("name", **_NAME)
    made["conclude"].add_argument("text", nargs="+", help="in your own words")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of lines")
    return int(text)


def _act(args: argparse.Namespace) -> Answer:
    from jupyter_labbook.actions.verbs import (
        changing,
        demo,
        digesting,
        filling,
        invalidating,
        planning,
        preparing,
        queueing,
        reading,
        running,
        serving,
    )
    from jupyter_labbook.storage.labbook import LabbookFolder

    alone: dict[str, Callable[[argparse.Namespace], Answer]] = {
        "init": changing.init,
        "run": running.run,
        "service": serving.service,
        "demo": demo.demo,
    }
    if args.verb in alone:
        return alone[args.verb](args)
    with_labbook: dict[str, Callable[[LabbookFolder, argparse.Namespace], Answer]] = {
        "list": reading.list_experiments,
        "show": reading.show,
        "tail": reading.tail,
        "compare": reading.compare,
        "invalidate": invalidating.invalidate,
        "verify": reading.verify,
        "stop": changing.stop,
        "rerun": changing.rerun,
        "conclude": changing.conclude,
        "plan": planning.plan,
        "morning": digesting.morning,
        "evening": digesting.evening,
        "queue": queueing.queue_verb,
        "backfill": filling.backfill,
        "preflight": preparing.look,
        "ablate": preparing.ablate,
    }
    start = Path(args.labbook) if args.labbook else None
    return with_labbook[args.verb](LabbookFolder.find(start), args)
