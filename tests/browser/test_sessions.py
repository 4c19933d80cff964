"""Servers, sessions and disks that go away, and come back."""

from __future__ import annotations

import os
import re
import secrets
import uuid
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from jupyter_labbook.storage import experiment_file
from jupyter_labbook.storage.experiment_file import ExperimentFile
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.browser.live_views import has_contact, live, saved_output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Response

    from jupyter_labbook.runtime.layout import RunFolder
    from tests.browser.conftest import Command, OpenNotebook
    from tests.jupyter import Server

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("labbook")]

METRICS = "_row,_time,step,loss\n0,1.0,0,0.5\n1,2.0,1,0.25\n"

SUBMIT = """box => box.dispatchEvent(new KeyboardEvent('keydown',
  { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }))"""


@pytest.fixture(scope="session", params=["lab"])
def application(request: pytest.FixtureRequest) -> str:
    return request.param


def ended_run(labbook: Path, name: str) -> RunFolder:
    """Publish an experiment whose one run has ended."""
    folder = LabbookFolder(labbook)
    experiment = running.experiment(folder, name)
    question = f"How is {name}?"
    running.declare(experiment, question=question)
    prose = ExperimentFile(id=uuid.uuid4().hex, name=name, question=question)
    experiment.file.write_bytes(experiment_file.encode(prose))
    return running.add_ended(folder, experiment, metrics=METRICS)


def shown(page: Page, open_notebook: OpenNotebook, *runs: RunFolder) -> None:
    """Open a notebook with the saved output of runs, and wait for their views."""
    experiments = [run.path.parents[1] for run in runs]
    names = [path.name.partition("-")[2] for path in experiments]
    page.set_viewport_size({"width": 1200, "height": 3000})
    open_notebook(
        "shown.ipynb",
        *[
            saved_output(path, f"How is {name}?")
            for path, name in zip(experiments, names, strict=True)
        ],
    )
    for name in names:
        live(page, f"How is {name}?")


def test_a_session_that_ended_goes_on_after_a_login_without_a_reload(
    page: Page,
    open_notebook: OpenNotebook,
    command: Command,
    labbook: Path,
    server: Server,
) -> None:
    shown(page, open_notebook, ended_run(labbook, "session"))
    view = live(page, "How is session?")
    command("labbook:show-panel", tab="runs")
    status = page.locator(".labbook-panel footer [data-contact]")
    page.evaluate("() => (window.notReloaded = true)")
    server.kill()
    server.token = secrets.token_hex(16)
    page.context.clear_cookies()
    server.start()
    has_contact(view, "unauthorized")
    freshness = view.locator(".labbook-freshness")
    expect(freshness).to_contain_text("Shown as of")
    expect(freshness).to_contain_text("log in again")
    expect(status).to_have_attribute("data-contact", "unauthorized")
    # What was known stays in view.
    expect(view.locator("canvas").first).to_be_visible()

    # A login as in another tab: the cookies are the same.
    page.context.request.get(server.address())
    has_contact(view, "live")
    expect(status).to_have_attribute("data-contact", "live")
    # Also what is only done with the right cookie against forged requests.
    box = view.get_by_role("textbox", name="What did you learn?")
    box.fill("Sessions end.")
    with page.expect_response(lambda answer: "/conclude?" in answer.url) as told:
        # Not by `press`: JupyterLab's own question about its kernel takes the focus.
        box.evaluate(SUBMIT)
    assert told.value.status == 200
    expect(view.get_by_text("Sessions end.").first).to_be_visible()
    assert "Sessions end." in (labbook / "journal.md").read_text()
    assert page.evaluate("() => window.notReloaded")


def test_a_labbook_that_vanishes_leaves_what_was_known_and_comes_back(
    page: Page, open_notebook: OpenNotebook, command: Command, labbook: Path
) -> None:
    shown(page, open_notebook, ended_run(labbook, "away"))
    view = live(page, "How is away?")
    command("labbook:show-panel", tab="runs")
    panel = page.locator(".labbook-panel")
    status = panel.locator("> footer [data-contact]")
    expect(status).to_have_attribute("data-contact", "live")
    aside = labbook.with_name("aside")
    labbook.rename(aside)
    freshness = view.locator(".labbook-freshness")
    expect(freshness).to_contain_text("Shown as of", timeout=30_000)
    expect(freshness).to_contain_text("no labbook at that place")
    # Each was in contact at its own time, which may lie in another minute.
    said = re.compile(r"Shown as of \d\d:\d\d: there is no labbook at that place.*")
    expect(freshness).to_have_text(said)
    expect(status).to_have_text(said)
    bar = page.locator(".labbook-status-bar button")
    expect(bar).to_have_text("Labbook: gone")
    expect(bar).to_have_attribute("title", said)
    for place in (freshness, status, bar):
        expect(place).to_have_attribute("data-contact", "gone")
    expect(view.locator("canvas").first).to_be_visible()
    # Nobody is told to begin anew what was there a moment ago.
    expect(panel.locator("[data-group=unconcluded]")).to_contain_text("away")
    expect(panel.get_by_role("button", name="New experiment cell")).to_have_count(0)
    aside.rename(labbook)
    has_contact(view, "live")
    for place in (status, bar):
        expect(place).to_have_attribute("data-contact", "live")
    expect(status).to_have_text("")
    expect(bar).to_have_text("Labbook")


@pytest.fixture
def silent(labbook: Path) -> Iterator[RunFolder]:
    """Publish a run whose metrics cannot be read, as on a disk whose server is gone."""
    run = ended_run(labbook, "slow")
    run.metrics.unlink()
    # Whoever opens it waits.
    os.mkfifo(run.metrics)
    yield run
    # What follows a failed test would wait too.
    answers_again(run)


def answers_again(run: RunFolder) -> None:
    """Put the metrics where the silence was, and let go of those who wait."""
    if not run.metrics.is_fifo():
        return
    real = run.path / "real"
    real.write_text(METRICS)
    waiting = os.open(run.metrics, os.O_RDWR)
    real.replace(run.metrics)
    os.close(waiting)


def test_a_disk_that_does_not_answer_holds_up_only_what_lies_on_it(
    page: Page,
    open_notebook: OpenNotebook,
    labbook: Path,
    silent: RunFolder,
    until: Callable[..., None],
) -> None:
    well = ended_run(labbook, "well")
    refusals: list[Response] = []

    def hear(answer: Response) -> None:
        if answer.status == 503:
            refusals.append(answer)

    def refused() -> bool:
        page.wait_for_timeout(100)
        return bool(refusals)

    # Before anything is asked: there may be no second one.
    page.on("response", hear)
    page.set_viewport_size({"width": 1200, "height": 3000})
    open_notebook(
        "slow.ipynb",
        saved_output(silent.path.parents[1], "How is slow?"),
        saved_output(well.path.parents[1], "How is well?"),
    )
    drawn = live(page, "How is well?").locator("canvas").first
    # They were asked for together: the first request waited for both.
    expect(drawn).to_be_visible(timeout=60_000)
    until(refused)
    assert "does not answer" in refusals[0].json()["message"]
    answers_again(silent)
    view = live(page, "How is slow?")
    expect(view.locator("canvas").first).to_be_visible(timeout=60_000)
