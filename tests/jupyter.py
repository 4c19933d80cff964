"""Real Jupyter servers with our extension, as tests and benchmarks use them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "jupyter_labbook"
EXTENSION: Final = PACKAGE / "labextension"
NPM: Final = ROOT / "labextension"
CHROMIUM: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)
"""Arguments for a browser without a screen, as any user."""

Application = Literal["lab", "notebook"]
BARE: Final = "server"
"""A server without pages."""

_MODULES: Final = {
    BARE: ("jupyter_server", ""),
    "lab": ("jupyterlab", "LabApp"),
    "notebook": ("notebook", "JupyterNotebookApp"),
}
_SECONDS: Final = 60
_GOODBYE: Final = 10


def built(path: Path) -> Path:
    """Return a part of the bundle, or say how to build it."""
    if not path.exists():
        raise RuntimeError(
            f"{path.name} is not built: run `make .venv`, then the tests again."
        )
    return path


def chromium() -> str:
    """Where the browser is, or say how to get one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise RuntimeError("There is no Chromium: run `make browser`.")
    return found


class Server:
    """A Jupyter server of its own, which can be ended and started again.

    Parameters
    ----------
    application
        What its pages are; `BARE` for none.
    home, root
        Folders for its settings and for the notebooks.
    extension
        Whether it has our extension, of the page and of the server.
    slots
        How many runs its user lets execute at once.
    base
        Path below which it answers.
    more
        Further arguments of the command.
    environment
        What is otherwise in its environment, such as the folders of another user.
    """

    def __init__(
        self,
        application: Application | Literal["server"],
        home: Path,
        root: Path,
        *,
        extension: bool = True,
        slots: int = 4,
        base: str = "/",
        more: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.application = application
        self.root = root
        self.extension = extension
        self.base = base
        self.token = secrets.token_hex(16)
        self.port = self._reserve()
        self.url = f"http://127.0.0.1:{self.port}{base.removesuffix('/')}"
        self._home = home
        self._more = more
        self._environment = environment or {}
        self._process: subprocess.Popen[bytes] | None = None
        self._configure(extension=extension, slots=slots)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def log(self) -> Path:
        """What the server printed."""
        return self._home / "server.log"

    @property
    def pid(self) -> int:
        """Number of its process, while it runs."""
        assert self._process is not None
        return self._process.pid

    def address(self, notebook: str = "") -> str:
        """Where a notebook opens, in a fresh workspace."""
        if not notebook:
            route = {"lab": "lab", "notebook": "tree"}[self.application]
            return f"{self.url}/{route}?token={self.token}&reset"
        route, more = {
            "lab": ("lab/tree", "&reset"),
            "notebook": ("notebooks", ""),
        }[self.application]
        return f"{self.url}/{route}/{notebook}?token={self.token}{more}"

    def _reserve(self) -> int:
        """Choose a port, which is then given to nobody else by chance."""
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port = int(held.getsockname()[1])
        if sys.platform == "linux":
            # Who asks for just this port may listen there all the same.
            weakref.finalize(self, held.close)
        else:
            held.close()
        return port

    def start(self) -> None:
        """Start it and wait until it answers."""
        module, cls = _MODULES[self.application]
        command = [
            *(sys.executable, "-m", module, "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0"),
            f"--IdentityProvider.token={self.token}",
            f"--ServerApp.root_dir={self.root}",
            f"--ServerApp.base_url={self.base}",
            *([f"--{cls}.expose_app_in_browser=True"] if cls else []),
            *self._more,
        ]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._surroundings(),
                cwd=self._home,
            )
        self._wait()

    def stop(self) -> None:
        """End it as a person would."""
        self._end(kill=False)

    def kill(self) -> None:
        """End it without a chance to say goodbye."""
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill() if kill else process.terminate()
            try:
                process.wait(_GOODBYE)
            except subprocess.TimeoutExpired:
                # Jupyter itself hangs when it is ended while a page still loads.
                process.kill()
                process.wait()

    def _configure(self, *, extension: bool, slots: int) -> None:
        # As many at once on any machine.
        ours = self._home / "settings/jupyter_labbook/settings.toml"
        ours.parent.mkdir(parents=True, exist_ok=True)
        ours.write_text(f"slots = {slots}\n")
        # Said both ways: the environment may have the package installed.
        enabled = self._home / "config/jupyter_server_config.d/jupyter_labbook.json"
        enabled.parent.mkdir(parents=True, exist_ok=True)
        if extension:
            shutil.copy(NPM / "jupyter_server_config.json", enabled)
        else:
            wanted = {"jpserver_extensions": {"jupyter_labbook": False}}
            enabled.write_text(json.dumps({"ServerApp": wanted}))
        if self.application != BARE:
            self._configure_pages(extension=extension)

    def _configure_pages(self, *, extension: bool) -> None:
        settings = self._home / "config/labconfig/default_setting_overrides.json"
        settings.parent.mkdir(parents=True)
        quiet = {"fetchNews": "false", "checkForUpdates": False}
        settings.write_text(
            json.dumps({"@jupyterlab/apputils-extension:notification": quiet})
        )
        if extension:
            extensions = self._home / "share/labextensions"
            extensions.mkdir(parents=True)
            (extensions / "jupyter-labbook").symlink_to(built(EXTENSION))
        else:
            disabled = {"disabledExtensions": {"jupyter-labbook": True}}
            settings.with_name("page_config.json").write_text(json.dumps(disabled))

    def _surroundings(self) -> dict[str, str]:
        home = self._home
        # A kernel imports the package that is tested, installed or not.
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        return {
            **os.environ,
            "IPYTHONDIR": str(home / "ipython"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_PATH": str(home / "share"),
            # Else an installed package would outvote what is configured here.
            "JUPYTER_PREFER_ENV_PATH": "0",
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            # Runs with as many threads each as there are cores hold each other up.
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_CONFIG_HOME": str(home / "settings"),
            "XDG_STATE_HOME": str(home / "state"),
            **self._environment,
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + _SECONDS
        # Whoever may log in, by a token or otherwise.
        status = f"{self.url}/login"
        while True:
            try:
                with urllib.request.urlopen(status, timeout=5):
                    return
            except OSError:
                said = self.log.read_text(errors="replace")
                assert self._process is not None
                assert self._process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.1)
