"""Live views where much else wants the connection: proxies, prefixes, many pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from jupyter_server.auth.security import passwd
from playwright.sync_api import expect

from tests.browser.holding_proxy import holding_streams_back
from tests.jupyter import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Command, OpenNotebook
    from tests.jupyter import Application

pytestmark = pytest.mark.timeout(400)

LOAD = "%load_ext jupyter_labbook"

CELL = """\
%%experiment steps
#| question: Does it fall?
import time
import matplotlib.pyplot as plt
from pathlib import Path
plt.plot([1, 2])
plt.show()
step = 0
while not (Path(GATE).exists() or should_stop()):
    step += 1
    log(step=step, loss=1 / step)
    print("step", step, flush=True)
    time.sleep(0.05)
"""

PATIENCE = 60_000


@pytest.fixture
def gate(server: Server, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file with which the run of a test ends; it ends with the test anyway."""
    path = server.root / f"gate-{request.node.originalname}"
    yield path
    path.touch()


@pytest.fixture
def name(gate: Path) -> str:
    return f"{gate.name}.ipynb"


@pytest.fixture
def running(
    open_notebook: OpenNotebook, command: Command, gate: Path, name: str
) -> Page:
    page = open_notebook(name, LOAD, CELL.replace("GATE", repr(str(gate))))
    command("notebook:run-all-cells")
    view(page).wait_for()
    return page


def view(page: Page) -> Locator:
    return page.locator(".labbook-live").filter(has_text="Does it fall?")


def has_contact(page: Page, contact: str | re.Pattern[str]) -> None:
    expect(view(page).locator(".labbook-freshness")).to_have_attribute(
        "data-contact", contact, timeout=PATIENCE
    )


def grows(page: Page) -> None:
    """See the output become longer."""
    page.wait_for_function(
        """() => {
          const text = document.querySelector('.labbook-live pre')?.textContent;
          const step = Number(text?.match(/step (\\d+)\\s*$/)?.[1] ?? NaN);
          window.firstStep ??= step || undefined;
          return step > window.firstStep;
        }""",
        timeout=PATIENCE,
    )


def finishes(page: Page) -> None:
    chips = view(page).locator(".labbook-chip")
    expect(chips.filter(has_text="finished").first).to_be_visible(timeout=PATIENCE)


@pytest.mark.parametrize("application", ["lab"], indirect=True)
def test_behind_a_proxy_that_holds_streams_back_a_view_asks_for_changes(
    running: Page, gate: Path, name: str, server: Server, command: Command
) -> None:
    has_contact(running, "live")
    command("docmanager:save")
    running.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    port = server.port
    page = running.context.new_page()
    with holding_streams_back(port) as proxy:
        page.goto(server.address(name).replace(f":{port}", f":{proxy}"))
        grows(page)
        expect(view(page)).to_contain_text("looked at every few seconds")
        gate.touch()
        finishes(page)
        page.close()


@pytest.mark.parametrize("application", ["notebook"], indirect=True)
def test_eight_pages_of_a_browser_all_follow_and_leave_room_for_requests(
    running: Page, gate: Path, name: str, server: Server, command: Command
) -> None:
    has_contact(running, "live")
    command("docmanager:save")
    running.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    pages = [running]
    # A browser without a screen counts each of its pages as seen.
    for _ in range(7):
        page = running.context.new_page()
        page.goto(server.address(name), timeout=PATIENCE)
        has_contact(page, re.compile("live|polling"))
        assert page.evaluate("document.visibilityState") == "visible"
        pages.append(page)
    for page in pages:
        grows(page)
        status = "async () => (await fetch('/api/status')).status"
        assert page.evaluate(status) == 200
    contacts = [
        view(page).locator(".labbook-freshness").get_attribute("data-contact")
        for page in pages
    ]
    assert contacts.count("live") == 3
    gate.touch()
    for page in pages:
        finishes(page)
    for page in pages[1:]:
        page.close()


class PrefixedServer(Server):
    """A server as JupyterHub starts it: below a user's name, without a token."""

    def __init__(self, application: Application, home: Path, root: Path) -> None:
        base = "/user/ada@home/"
        login = f"--PasswordIdentityProvider.hashed_password={passwd('secret')}"
        super().__init__(application, home, root, base=base, more=(login,))
        self.token = ""


class TestBelowAPrefixWithACookie:
    @pytest.fixture(scope="class")
    @classmethod
    def application(cls) -> Application:
        return "lab"

    @pytest.fixture(scope="class")
    @classmethod
    def server(
        cls, application: Application, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Server]:
        home, root = map(tmp_path_factory.mktemp, ("home", "root"))
        with PrefixedServer(application, home, root) as started:
            yield started

    @pytest.fixture(autouse=True)
    def logged_in(self, page: Page, server: Server) -> None:
        page.goto(f"{server.url}/login")
        page.get_by_label("Password").fill("secret")
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/lab*")

    def test_a_view_streams_shows_figures_and_stops_its_run(
        self, running: Page
    ) -> None:
        has_contact(running, "live")
        grows(running)
        picture = view(running).locator("img").first
        picture.wait_for()
        picture.scroll_into_view_if_needed()
        assert "/user/ada@home/jupyter-labbook/api/" in picture.get_attribute("src")
        running.wait_for_function(
            "img => img.naturalWidth > 0", arg=picture.element_handle()
        )
        view(running).get_by_role("button", name="Stop", exact=True).click()
        asked = view(running).locator(".labbook-question")
        asked.get_by_role("button", name="Stop", exact=True).click()
        chips = view(running).locator(".labbook-chip")
        expect(chips.filter(has_text="stopped").first).to_be_visible(timeout=PATIENCE)
