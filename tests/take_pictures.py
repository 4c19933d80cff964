"""Take the pictures of the documentation: ``python -m tests.take_pictures [FOLDER]``.

Real experiments on real data in a real JupyterLab; needs ``make .venv browser``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import sync_playwright

from jupyter_labbook.model.run import Expected, RunState
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import mornings, running
from tests.jupyter import CHROMIUM, Server, chromium

REPOSITORY = Path(__file__).parents[1]


if TYPE_CHECKING:
    from playwright.sync_api import Page

SETUP = """\
%load_ext jupyter_labbook
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=0)"""

RATES = """\
%%experiment learning-rate
#| question: Which learning rate gets a small network to 97 % soonest?
#| hypothesis: 0.03 is fast enough; 0.1 is noisy at the end.
#| predict: best max(accuracy) > 0.97 (80%)
#| predict: accuracy[rate=0.1] < accuracy[rate=0.03] (60%)
#| impact: The rate for every experiment that follows.
#| sweep: {rate: [0.003, 0.03, 0.1]}
#| seeds: 3
#| tags: [digits]
import time
import warnings
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore")
model = MLPClassifier(32, solver="sgd", learning_rate_init=rate, random_state=seed)
for epoch in range(80):
    model.partial_fit(X_train, y_train, classes=range(10))
    log(step=epoch, loss=model.loss_, accuracy=model.score(X_test, y_test))
    progress(epoch + 1, 80)
    if epoch % 5 == 0:
        print(f"epoch {epoch}: loss {model.loss_:.3f}")
    time.sleep(0.05)"""

WIDTHS = """\
%%experiment wider-forest
#| question: Does a wider forest still help on the digits data?
#| hypothesis: Past 100 trees, accuracy gains less than half a point.
#| predict: accuracy[trees=300] - accuracy[trees=100] < 0.005 (80%)
#| sweep: {trees: [30, 100, 300]}
#| seeds: 3
#| tags: [digits, forests]
from sklearn.ensemble import RandomForestClassifier

model = RandomForestClassifier(trees, random_state=seed).fit(X_train, y_train)
log(accuracy=model.score(X_test, y_test))"""

BROKEN = """\
%%experiment deeper-net
#| question: Is depth worth more than width here?
#| predict: accuracy > 0.97
#| tags: [digits]
from sklearn.neural_network import MLPClassifier

MLPClassifier((64, 64), solver="sgd", learning_rate_init=-1).fit(X_train, y_train)"""

PLAN = (
    ("experiment", "Ablate the learning-rate schedule", {}),
    ("experiment", "Five more seeds of the best rate", {}),
    (
        "question",
        "Does augmentation help small networks less?",
        {"expected": "Yes: they underfit already."},
    ),
    ("question", "Where do the remaining errors lie?", {"expected": "8 against 1."}),
    ("assumption", "The test split is drawn like the training data", {}),
    ("test", "train_test_split keeps copies of a digit together", {}),
    ("framing", "As a ranking of the three most likely digits", {}),
)

SETTLED = """() => {
  const views = [...document.querySelectorAll('.labbook-live')];
  return views.length === 3 && views.every(view =>
    !/(running|waiting|registered)/.test(
      view.querySelector('.labbook-standing')?.textContent ?? 'running'));
}"""


def main(target: Path) -> None:
    """Run the experiments and take every picture, in both themes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, root = Path(folder, "home"), Path(folder, "root")
        home.mkdir()
        root.mkdir()
        _prepare(root)
        with Server("lab", home, root) as server:
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=list(CHROMIUM)
            )
            page = browser.new_page(
                viewport={"width": 1240, "height": 4200}, device_scale_factor=1
            )
            page.set_default_timeout(120_000)
            page.goto(server.address("digits.ipynb"))
            _run_all(page)
            _take(page, target / "running", ".labbook-live >> nth=0")
            page.wait_for_function(SETTLED)
            _conclude(page)
            _theme(page, "light")
            _take(page, target / "experiment", ".labbook-live >> nth=0")
            page.set_viewport_size({"width": 1240, "height": 900})
            _command(page, "labbook:show-panel")
            for tab in ("Runs", "Plan", "Labbook"):
                panel = page.locator("#jp-left-stack")
                panel.get_by_role("tab", name=tab, exact=True).click()
                _take(page, target / f"panel-{tab.lower()}", "#jp-left-stack")
            browser.close()


def morning(target: Path) -> None:
    """Take the picture of the digest of a night that was made up."""
    from jupyter_labbook.actions.digest import read_digest
    from jupyter_labbook.rendering.digest_html import digest_page
    from jupyter_labbook.storage.settings import UserSettings
    from tests.mornings import SUNDAY, an_eventful_night

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        labbook = LabbookFolder.create(Path(folder))
        an_eventful_night(labbook)
        since = SUNDAY - timedelta(hours=14)
        digest = read_digest(labbook, UserSettings(zone="UTC"), SUNDAY, since)
        written = Path(folder, "morning.html")
        written.write_text(digest_page(digest))
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=list(CHROMIUM)
        )
        page = browser.new_page(viewport={"width": 860, "height": 900})
        page.goto(written.as_uri())
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{target / 'morning'}{suffix}.png")
        browser.close()


def nights(target: Path) -> None:
    """Take the panel's pictures of a night that was made up, as on an evening."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, root = Path(folder, "home"), Path(folder, "root")
        settings = home / "settings" / "jupyter_labbook" / "settings.toml"
        settings.parent.mkdir(parents=True)
        root.mkdir()
        with Server("lab", home, root) as server:
            # Somewhere it is between six and seven in the evening.
            west = (datetime.now(UTC).hour - 6) % 24 - 12
            zone = f'zone = "Etc/GMT{west:+d}"'
            settings.write_text(f"slots = 2\n{zone}\n[digest]\nnotify = false\n")
            labbook = LabbookFolder.create(root)
            _a_night_before(labbook)
            # What waits is signed with the key of whoever looks.
            with patch.dict(os.environ, XDG_CONFIG_HOME=str(home / "settings")):
                _a_night_to_come(labbook)
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=list(CHROMIUM)
            )
            page = browser.new_page(viewport={"width": 1240, "height": 900})
            page.set_default_timeout(120_000)
            page.goto(server.address())
            page.wait_for_function("() => window.jupyterapp?.restored")
            shown = (("morning", ".labbook-told"), ("queue", ".labbook-span"))
            for tab, ready in shown:
                _command(page, f"labbook:show-{tab}")
                page.locator(ready).first.wait_for()
                _take(page, target / f"panel-{tab}", "#jp-left-stack")
            browser.close()


def _a_night_before(labbook: LabbookFolder) -> None:
    now = datetime.now(UTC)
    asked, end = now - timedelta(hours=20), now - timedelta(hours=11)
    schedule = mornings.asked(
        labbook,
        "schedule",
        at=asked,
        question="Is a constant learning rate as good as the cosine schedule?",
        predict=["loss < 0.3 (80%)"],
    )
    losses = mornings.curve("loss", [0.9, 0.55, 0.4, 0.33, 0.29, 0.27, 0.26])
    mornings.ended(labbook, schedule, end=end, metrics=losses)
    warmup = mornings.asked(
        labbook,
        "warmup",
        at=asked,
        question="Does a warm-up of five epochs make the network end lower?",
        predict=["loss < 0.25 (90%)"],
    )
    losses = mornings.curve("loss", [0.95, 0.8, 0.6, 0.45, 0.37, 0.32, 0.3])
    mornings.ended(labbook, warmup, end=end + timedelta(hours=2), metrics=losses)
    deeper = mornings.asked(
        labbook, "deeper", at=asked, question="Is depth worth more than width?"
    )
    why = "ValueError: learning_rate_init must be > 0"
    mornings.ended(labbook, deeper, RunState.FAILED, end=end, reason=why)


def _a_night_to_come(labbook: LabbookFolder) -> None:
    hours = {"wider-net": (1.5, 2), "augmented": (2.5, 2), "seeds-of-schedule": (1, 3)}
    for name, (each, number) in hours.items():
        seconds = each * 3600
        expected = Expected(low=0.8 * seconds, middle=seconds, high=1.3 * seconds)
        experiment = running.experiment(labbook, name)
        running.declare(experiment, question=f"What does {name} bring?")
        for _ in range(number):
            running.queue(
                labbook,
                experiment,
                when="tonight",
                batch="night-1",
                expected=expected,
            )


def _prepare(root: Path) -> None:
    cells = [
        new_markdown_cell("# Digits\n\nWhat a small network needs."),
        new_code_cell(SETUP),
        new_code_cell(RATES),
        new_code_cell(WIDTHS),
        new_code_cell(BROKEN),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, root / "digits.ipynb")
    labbook = [sys.executable, "-m", "jupyter_labbook.cli"]
    subprocess.run([*labbook, "init", str(root)], cwd=REPOSITORY, check=True)
    for kind, text, more in PLAN:
        flags = [f"--{name}={value}" for name, value in more.items()]
        subprocess.run(
            [*labbook, "plan", "add", kind, text, *flags, f"--labbook={root}"],
            cwd=REPOSITORY,
            check=True,
        )


def _run_all(page: Page) -> None:
    page.wait_for_function(
        "() => window.jupyterapp?.shell?.currentWidget?.sessionContext"
        "?.session?.kernel?.status === 'idle'"
    )
    _command(page, "notebook:run-all-cells")
    page.wait_for_function(
        "() => document.querySelectorAll('.labbook-live canvas').length > 1"
    )
    page.wait_for_function(
        "() => /[3-6] finished/.test("
        "document.querySelector('.labbook-standing').textContent)"
    )


def _conclude(page: Page) -> None:
    view = page.locator(".labbook-live").first
    box = view.get_by_role("textbox", name="What did you learn?")
    box.fill("0.1 is soonest and not noisier than 0.03: keep 0.1 from here on.")
    box.press("Control+Enter")
    box.wait_for(state="hidden")


def _theme(page: Page, name: str) -> None:
    _command(
        page, "apputils:change-theme", {"theme": f"JupyterLab {name.capitalize()}"}
    )
    page.wait_for_function(
        f"() => document.body.dataset.jpThemeLight === '{str(name == 'light').lower()}'"
    )
    page.wait_for_timeout(1000)


def _take(page: Page, target: Path, selector: str) -> None:
    for theme, suffix in (("light", ""), ("dark", "-dark")):
        _theme(page, theme)
        page.locator(selector).screenshot(path=f"{target}{suffix}.png")
    _theme(page, "light")


def _command(page: Page, name: str, arguments: dict[str, object] | None = None) -> None:
    page.evaluate(
        f"() => {{ void window.jupyterapp.commands.execute({json.dumps(name)}, "
        f"{json.dumps(arguments or {})}) }}"
    )


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if sys.argv[1:] else REPOSITORY / "docs" / "images"
    chosen.mkdir(parents=True, exist_ok=True)
    main(chosen)
    nights(chosen)
    morning(chosen)
