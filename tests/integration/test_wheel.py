"""The wheel carries everything: package, widget, extensions, example."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(300)
def test_the_wheel_is_complete_and_can_be_installed(tmp_path: Path) -> None:
    build = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)]
    subprocess.run(
        [sys.executable, *build, str(ROOT)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    [wheel] = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "jupyter_labbook/py.typed" in names
    assert "jupyter_labbook/static/plan.js" in names
    assert "jupyter_labbook/examples/01_first_experiment.ipynb" in names
    share = "data/share/jupyter/labextensions/jupyter-labbook/"
    shared = [name.partition(share)[2] for name in names if share in name]
    assert {"package.json", "install.json"} <= set(shared)
    assert any(name.startswith("static/remoteEntry") for name in shared)
    assert "jupyter_labbook/server/openapi.json" in names
    # Shipped once: not in the package too.
    assert not any(name.startswith("jupyter_labbook/labextension") for name in names)

    target = tmp_path / "site"
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
    subprocess.run(
        [sys.executable, *install, str(wheel)], check=True, capture_output=True
    )
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r}); import jupyter_labbook; "
        "from jupyter_labbook.actions.verbs import demo; "
        "print(jupyter_labbook.__file__, demo._source())"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert shown.count(str(target)) == 2
    assert "jupyter_labbook enabled" in _server_extensions(target, tmp_path)


def _server_extensions(target: Path, folder: Path) -> str:
    """List what a Jupyter server would load that finds what the wheel installed."""
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(target / "etc" / "jupyter"),
        "PYTHONPATH": str(target),
    }
    listed = subprocess.run(
        [sys.executable, "-m", "jupyter_server.extension.serverextension", "list"],
        cwd=folder,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return re.sub(r"\x1b\[\d+m", "", listed.stdout + listed.stderr)
