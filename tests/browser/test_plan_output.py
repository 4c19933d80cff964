"""The checklist below an experiment, where the page has our extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import Blocking, Command, OpenNotebook
    from tests.jupyter import Server

pytestmark = pytest.mark.timeout(300)

LOAD = "%load_ext jupyter_labbook"
ADD = '%labbook plan add test "The loader"'
ANNOUNCED = "import pathlib\npathlib.Path('blocked').touch()\n"


def test_it_works_while_the_kernel_is_blocked_also_after_a_reload(
    page: Page,
    open_notebook: OpenNotebook,
    command: Command,
    server: Server,
    labbook: Path,
    until: Callable[..., None],
    blocking: Blocking,
) -> None:
    open_notebook("plan.ipynb", LOAD, ADD, "%labbook plan", ANNOUNCED + blocking.code)
    command("notebook:run-all-cells")
    plan = page.locator(".jp-OutputArea .labbook-plan").first
    blocked = server.root / "blocked"
    until(blocked.exists)
    blocked.unlink()
    plan.get_by_role("checkbox", name="The loader").check()
    stored = labbook / "plan.md"
    until(lambda: "- [x] The loader" in stored.read_text())
    command("docmanager:save")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    page.reload()
    box = plan.get_by_role("checkbox", name="The loader")
    box.wait_for()
    expect(box).to_be_checked()
    box.uncheck()
    until(lambda: "- [ ] The loader" in stored.read_text())
