"""What the header of an experiment's cell may say; one table drives it all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """How the text of a key is read."""

    PROSE = auto()
    """The rest of the line as it stands, colons and all."""
    PROSES = auto()
    """Prose that may be given several times."""
    PARAMETERS = auto()
    """Mapping of a parameter's name to a value."""
    GRID = auto()
    """Mapping of a parameter's name to the list of its values."""
    SEEDS = auto()
    """How many, or which."""
    WORDS = auto()
    """A list, or words separated by commas or spaces."""
    SWITCH = auto()
    """True or false; the flag alone means true."""
    DURATION = auto()
    """Seconds, or such as ``1h30m``."""
    WORD = auto()
    """One text."""
    CHOICE = auto()
    """One of a few words."""
    WHOLE = auto()
    """A whole number."""
    COUNT = auto()
    """A whole number that is not below 0."""
    BYTES = auto()
    """Bytes, or such as ``8GB`` and ``512 MiB``."""


@dataclass(frozen=True, slots=True)
class Key:
    """One word of the header.

    Parameters
    ----------
    name
        As typed in a ``#|`` line; the flag is ``--name``.
    kind
        How its text is read.
    help
        One line for the reader of ``-h``.
    example
        What may stand after it.
    option
        Whether it steers this one submission and so exists as a flag alone.
    choices
        All that may stand after it, if that is little.
    """

    name: str
    kind: Kind
    help: str
    example: str = ""
    option: bool = False
    choices: tuple[str, ...] = ()

    @property
    def attribute(self) -> str:
        """Name of the field of `Header` or `Options` that it fills."""
        return self.name.replace("-", "_")


KEYS: tuple[Key, ...] = (
    Key(
        "question",
        Kind.PROSE,
        "what you want to find out",
        "Does a wider forest still help?",
    ),
    Key(
        "hypothesis",
        Kind.PROSE,
        "what you expect, and why",
        "Past 100 trees, accuracy gains less than half a point.",
    ),
    Key(
        "predict",
        Kind.PROSES,
        "what the data can decide (may be repeated)",
        "accuracy > 0.95 (80%)",
    ),
    Key(
        "why",
        Kind.PROSE,
        "a reason in place of a question: marks the experiment as exploring",
        "see whether it runs at all",
    ),
    Key(
        "impact",
        Kind.PROSE,
        "what you would do differently for it",
        "If so, freeze the width and look at depth next.",
    ),
    Key(
        "params",
        Kind.PARAMETERS,
        "names and values that are set before the body",
        "{depth: 8}",
    ),
    Key(
        "sweep",
        Kind.GRID,
        "names and lists of values: one run for every combination",
        "{trees: [30, 100, 300]}",
    ),
    Key(
        "seeds",
        Kind.SEEDS,
        "how many seeds, or which: the body reads `seed`",
        "5",
    ),
    Key(
        "ablate",
        Kind.PARAMETERS,
        "the off value of parameters that can be taken away",
        "{augment: false}",
    ),
    Key("tags", Kind.WORDS, "words to find it by", "[digits, forest]"),
    Key(
        "inputs",
        Kind.WORDS,
        "values to carry although they are large or look like a secret",
        "[X_train]",
    ),
    Key(
        "resumable",
        Kind.SWITCH,
        "the body continues from its checkpoint when it is started again",
        "true",
    ),
    Key("timeout", Kind.DURATION, "stop a run after so long", "2h"),
    Key(
        "when",
        Kind.WORD,
        "when runs may start: now, tonight, lunch, weekend, idle, hours such as "
        "22:00-07:00 or `sat 10:00-18:00`, `after 23:30`, or a name in your settings",
        "tonight",
    ),
    Key(
        "at-end",
        Kind.CHOICE,
        "when the window closes, a run may finish, or is asked to stop",
        "stop",
        choices=("finish", "stop"),
    ),
    Key(
        "after",
        Kind.PROSES,
        "an experiment (or NAME/RUN) that has to finish first; `(any end)` behind it "
        "if failing will do (may be repeated)",
        "baseline",
    ),
    Key(
        "batch",
        Kind.WORD,
        "a name for experiments that are checked and read together",
        "night-1",
    ),
    Key("priority", Kind.WHOLE, "higher starts first; 0 if not said", "5"),
    Key("gpus", Kind.COUNT, "how many GPUs each run has for itself", "1"),
    Key("cores", Kind.COUNT, "how many cores each run needs", "4"),
    Key("memory", Kind.BYTES, "how much memory each run needs", "8GB"),
    Key(
        "retries",
        Kind.COUNT,
        "how many times a run that fails is tried again, each as a run of its own",
        "1",
    ),
    Key(
        "name",
        Kind.PROSE,
        "short name; made from the question if absent",
        "wider-forest",
    ),
    Key(
        "dry-run",
        Kind.SWITCH,
        "show the script and what would come along; start nothing",
        option=True,
    ),
    Key("wait", Kind.SWITCH, "return when the runs have ended", option=True),
    Key(
        "here",
        Kind.SWITCH,
        "run the body once in this kernel, to debug it",
        option=True,
    ),
    Key(
        "no-inputs",
        Kind.WORDS,
        "values to leave behind",
        "cache,history",
        option=True,
    ),
    Key("help", Kind.SWITCH, "show this and do nothing (also -h)", option=True),
)

BY_NAME: dict[str, Key] = {key.name: key for key in KEYS}

_EXAMPLE = """\
%%experiment wider-forest
#| question: Does a wider forest still help on the digits data?
#| predict: accuracy[trees=300] - accuracy[trees=100] < 0.005 (80%)
#| sweep: {trees: [30, 100, 300]}
#| seeds: 5
model = RandomForestClassifier(trees, random_state=seed).fit(X_train, y_train)
log(accuracy=model.score(X_test, y_test))
"""


def help_text() -> str:
    """Everything that ``%%experiment -h`` shows."""
    lines = ["%%experiment [NAME] [FLAGS]", ""]
    lines += ["Keys, in lines above the code or as flags (--question ...):"]
    for key in KEYS:
        if not key.option:
            lines += [f"  #| {key.name}: {key.example}", f"       {key.help}"]
    lines += ["", "Flags of this submission alone:"]
    lines += [f"  --{key.name:<10} {key.help}" for key in KEYS if key.option]
    return "\n".join([*lines, "", "Example:", "", _EXAMPLE])


def nearest(name: str, *, flags: bool) -> str:
    """Say which key was probably meant, and which there are."""
    import difflib

    dashes = "--" if flags else ""
    names = [key.name for key in KEYS if flags or not key.option]
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f"did you mean `{dashes}{close[0]}`? " if close else ""
    return f"{hint}There are: {', '.join(dashes + name for name in names)}"
