"""What is left of a live view where nothing of ours is there to draw it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.live_views import STEADY, save, start
from tests.jupyter import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Command, OpenNotebook

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("labbook")]


@pytest.fixture(scope="module", params=["without our extension", "without our routes"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """JupyterLab that lacks us altogether, or has us in the page alone."""
    home, root = map(tmp_path_factory.mktemp, ("home", "root"))
    nothing = request.param == "without our extension"
    server = Server("lab", home, root, extension=not nothing)
    if not nothing:
        off = {"ServerApp": {"jpserver_extensions": {"jupyter_labbook": False}}}
        enabled = home / "config/jupyter_server_config.d/jupyter_labbook.json"
        enabled.write_text(json.dumps(off))
    with server:
        yield server


def test_a_run_is_drawn_by_its_kernel_and_exported(
    page: Page,
    browser: Browser,
    server: Server,
    open_notebook: OpenNotebook,
    command: Command,
    go: Path,
) -> None:
    steady = STEADY.format(name="loss", go=str(go))
    start(page, open_notebook, command, "static.ipynb", steady)
    output = page.locator(".jp-OutputArea-output").filter(has_text="Does loss fall?")
    image = output.first.locator("img, svg").first
    expect(image).to_be_visible()
    drawn = output.first.inner_html()
    page.wait_for_function(
        """([question, drawn]) =>
          [...document.querySelectorAll('.jp-OutputArea-output')].some(output =>
            output.textContent.includes(question) && output.innerHTML !== drawn)""",
        arg=["Does loss fall?", drawn],
    )
    go.touch()
    expect(output.get_by_text("supported").first).to_be_visible(timeout=60_000)
    expect(page.locator(".labbook-live")).to_have_count(0)
    # Whoever has no routes is told so once at most, and not once it has ended.
    expect(page.locator(".labbook-old")).to_have_count(0)
    expect(page.get_by_text("Error displaying")).to_have_count(0)
    assert page.locator(".Toastify__toast").count() <= 1
    save(page, command)

    notebook = server.root / "static.ipynb"
    convert = (sys.executable, "-m", "nbconvert", "--to", "html", notebook)
    subprocess.run(convert, check=True, capture_output=True)
    reader = browser.new_context(java_script_enabled=False)
    try:
        exported = reader.new_page()
        exported.goto(notebook.with_suffix(".html").as_uri())
        area = exported.locator(".jp-OutputArea-output")
        shown = area.filter(has_text="Does loss fall?").first
        expect(shown).to_be_visible()
        expect(shown.get_by_text("supported").first).to_be_visible()
        width = "node => node.getBoundingClientRect().width"
        assert shown.locator("img, svg").first.evaluate(width) > 100
    finally:
        reader.close()
