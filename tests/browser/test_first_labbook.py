"""The first experiment of a person who has no labbook yet."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from jupyter_labbook import Labbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.conftest import Command, OpenNotebook, Server


def test_it_is_counted_although_no_list_was_ever_looked_at(
    page: Page,
    server: Server,
    open_notebook: OpenNotebook,
    command: Command,
    go: Path,
    until: Callable[..., None],
) -> None:
    shutil.rmtree(server.root / "labbook", ignore_errors=True)
    cell = f"""\
%%experiment first
#| question: Is anybody there?
import time
from pathlib import Path
while not Path({str(go)!r}).exists():
    time.sleep(0.05)
log(value=1)"""
    open_notebook("first.ipynb", "%load_ext jupyter_labbook", cell)
    command("notebook:run-all-cells")
    expect(page.locator(".labbook-live .labbook-chip").first).to_have_text("running")
    if server.application == "lab":
        status = page.locator(".labbook-status-bar button")
        expect(status).to_have_text("Runs: 1 running")
    go.touch()
    # Who counts also tells of the end, in either application.
    expect(page.get_by_text("first: finished").first).to_be_visible()
    until(Labbook(server.root)["first"].done)
    shutil.rmtree(server.root / "labbook", ignore_errors=True)
