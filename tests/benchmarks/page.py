"""A JupyterLab to measure: servers, a browser and notebooks of a user of their own."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from tests.benchmarks import notebook
from tests.jupyter import CHROMIUM, Server, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
_MILLISECONDS = 120_000
_KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of a user, settings in one and notebooks in the other, and a server."""

    home: Path
    root: Path
    server: Server
    """A JupyterLab that has not started yet."""

    def write(self, name: str, *cells: str) -> None:
        """Write a notebook of code cells."""
        made = new_notebook(
            cells=[new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": _KERNELSPEC},
        )
        nbformat.write(made, self.root / name)


@contextmanager
def place(*, slots: int = 1, extension: bool = True) -> Iterator[Place]:
    """Make the folders; what runs in them at the end is stopped."""
    # A run that is on its last line may write while the folder goes.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home, root = Path(folder) / "home", Path(folder) / "root"
        root.mkdir()
        (root / "pyproject.toml").touch()
        server = Server("lab", home, root, extension=extension, slots=slots)
        # As the server has it: what is done here belongs to the same user.
        own = {
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "settings"),
            "XDG_STATE_HOME": str(home / "state"),
            # Compiled modules are kept, as in every installation.
            "PYTHONDONTWRITEBYTECODE": "",
        }
        with patch.dict(os.environ, own):
            try:
                yield Place(home, root, server)
            finally:
                notebook.stop_all(root)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser without a screen."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=list(CHROMIUM)
        )
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(browser: Browser, address: str, *scripts: str) -> Iterator[Page]:
    """Open a page that has nothing in its cache, and wait for JupyterLab.

    Parameters
    ----------
    scripts
        Executed in the page before its own.
    """
    # Tall enough that every cell of a notebook is drawn and seen.
    context = browser.new_context(viewport={"width": 1200, "height": 13_000})
    context.set_default_timeout(_MILLISECONDS)
    try:
        page = context.new_page()
        for script in scripts:
            page.add_init_script(script)
        page.goto(address)
        ready(page)
        yield page
    finally:
        context.close()


def ready(page: Page) -> None:
    """Wait until JupyterLab can be used."""
    page.wait_for_function("() => window.jupyterapp?.restored")
    page.evaluate("async () => { await window.jupyterapp.restored; }")


def command(page: Page, name: str, **arguments: object) -> None:
    """Execute one of JupyterLab's commands."""
    # Not awaited: some commands resolve with what cannot leave the page.
    page.evaluate(
        """([name, values]) => {
          void window.jupyterapp.commands.execute(name, values);
        }""",
        [name, arguments],
    )


def run_all(page: Page) -> None:
    """Run all cells of the open notebook."""
    page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")
    command(page, "notebook:run-all-cells")


def save(page: Page) -> None:
    """Save the open notebook."""
    command(page, "docmanager:save")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty"
    )


def shut_kernel_down(page: Page) -> None:
    """End the kernel of the open notebook."""
    page.evaluate(
        """async () => {
          await window.jupyterapp.shell.currentWidget.sessionContext.shutdown();
        }"""
    )
