"""The README holds: every command, example, verb and link in it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jupyter_labbook import Labbook
from jupyter_labbook.actions.verbs import EXIT_CODES, VERBS
from jupyter_labbook.model import prediction
from jupyter_labbook.snapshot.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()

SETUP = """\
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = X[:300], X[300:600], y[:300], y[300:600]
"""
TRAINING = """\
epochs = 3
def train_one_epoch():
    return 0.5
def save(path):
    path.mkdir()
"""


def blocks(language: str) -> list[str]:
    """Code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def labbook(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jupyter_labbook.cli", *words]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=110, check=False
    )


@pytest.fixture
def two_slots(user: Path) -> None:
    (user / "config/jupyter_labbook").mkdir(exist_ok=True)
    (user / "config/jupyter_labbook/settings.toml").write_text("slots = 2\n")


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("two_slots")
def test_the_first_experiment_runs_as_it_is_written(
    start_kernel: Callable[..., object], project: Path, user: Path
) -> None:
    load, cell, handle, in_a_run, tonight = blocks("python")
    kernel = start_kernel()
    for source in (load, SETUP, cell):
        result = kernel.run(source)
        assert not result.error, result.error
    experiment = Labbook.find(project)["wider-forest"]
    assert len(experiment) == 15
    assert experiment.wait(200)
    result = kernel.run(handle)
    assert not result.error, result.error
    shown = " ".join(result.mime("text/plain")[-1].split())
    assert shown.startswith("(True, {'accuracy': [")
    [verdict] = experiment.verdicts
    assert verdict.observed

    imports, _, loop = in_a_run.partition("\n")
    assert not kernel.run(f"{imports}\n{TRAINING}").error
    result = kernel.run(f'%%experiment training --wait --why "see it run"\n{loop}')
    assert not result.error, result.error
    training = Labbook.find(project)["training"]
    assert training.metrics["loss"] == [0.5, 0.5, 0.5]

    settings = user / "config/jupyter_labbook/settings.toml"
    later = datetime.now().astimezone() + timedelta(hours=6)
    settings.write_text(f'[windows]\ntonight = "{later:%H}:00-{later:%H}:30"\n')
    result = kernel.run(tonight)
    assert "3 runs wait; deeper-forest/001: It waits for tonight" in result.text
    Labbook.find(project)["deeper-forest"].cancel()


@pytest.mark.usefixtures("two_slots")
def test_every_command_of_the_table_does_something(project: Path) -> None:
    begun = labbook(
        "run", "--why", "begin", "--name", "one", "--wait", "--", "true", cwd=project
    )
    assert begun.returncode == 0, begun.stderr
    rows = re.findall(r"^\| `(labbook [^`]*)` \|", README, re.MULTILINE)
    named = re.findall(r"`(labbook [^`]*)`|`(--[a-z]+)`", README)
    assert named
    for row in rows:
        words = shlex.split(row)[1:]
        if words[0] == "demo":
            # Executed by `make demo` and tests/integration/test_demo.py.
            continue
        plain = [_filled(word) for word in words]
        done = labbook(*plain, cwd=project)
        assert done.returncode == 0, (plain, done.stderr)


def _filled(word: str) -> str:
    names = {"NAME": "one", "NAME[/RUN]": "one/1", "A": "one/1", "B": "one/1"}
    return {**names, "COMMAND": "true", "...": "something"}.get(word, word)


def test_every_verb_and_key_and_code_is_told() -> None:
    told = set(re.findall(r"`labbook ([a-z]+)", README))
    assert told == set(VERBS)
    for code in re.findall(r"(\d) ([^;]+)", EXIT_CODES.replace("\n", " ")):
        words = " ".join(code[1].split())
        assert words.split(" (")[0] in " ".join(README.split()), words
    for key in ("question", "hypothesis", "predict", "why", "sweep", "seeds"):
        assert key in {known.name for known in KEYS}
        assert f"#| {key}:" in README


def test_every_prediction_that_is_shown_can_be_read() -> None:
    [table] = [b for b in blocks("text") if "accuracy" in b]
    shown = [
        example
        for line in table.splitlines()
        for example in re.split(r"\s{3,}", line)
        if re.search(r"[<>]", example)
    ]
    assert len(shown) == 7
    for example in shown:
        prediction.parse(example)


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"(?:^|`)make ([a-z]+)", README, re.MULTILINE)
    assert {"demo", "lab", "test"} <= set(targets)
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_link_into_the_repository_resolves(page: str) -> None:
    text = (ROOT / page).read_text()
    links = re.findall(r"\]\(([^)#]+)\)", text)
    links += re.findall(r'(?:src|srcset|href)="([^"#]+)"', text)
    for target in links:
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target
