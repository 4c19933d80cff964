"""Servers with other roots, addresses and neighbours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.serving import Shown, serving


def test_the_server_says_what_it_is(shown: Shown) -> None:
    about = shown.served.get("about").json
    assert about["root"] is True
    assert set(about["packages"]) == {
        "jupyter_server_nbmodel",
        "jupyter_collaboration",
        "jupyter_server_documents",
    }
    assert about["notes"] == []


@pytest.fixture
def with_nbmodel(tmp_path: Path) -> dict[str, str]:
    """Say where a package by the name of jupyter_server_nbmodel is installed."""
    info = tmp_path / "site/jupyter_server_nbmodel-0.2.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: jupyter_server_nbmodel\nVersion: 0.2.9\n"
    )
    return {"PYTHONPATH": f"{tmp_path / 'site'}:{os.environ['PYTHONPATH']}"}


def test_below_another_address_and_a_hidden_root_all_works_and_neighbours_are_named(
    tmp_path: Path, with_nbmodel: dict[str, str]
) -> None:
    root = tmp_path / ".hidden" / "root"
    (root / "project").mkdir(parents=True)
    labbook = LabbookFolder.create(root / "project")
    running.queue(labbook, running.experiment(labbook))
    base = "/user/a.b@c/"
    with serving(
        tmp_path / "home", root, base=base, environment=with_nbmodel
    ) as served:
        shown = Shown(served, labbook)
        assert served.prefix.startswith(base)
        view = shown.get("experiments/0001-trial").json["view"]
        assert [run["label"] for run in view["runs"]] == ["001"]
        [note] = served.get("about").json["notes"]
        assert "jupyter_server_nbmodel 0.2.9" in note
        assert len(note) <= 140  # JupyterLab cuts off what is longer


def test_the_root_may_be_the_whole_machine_or_a_link(tmp_path: Path) -> None:
    (tmp_path / "real/project").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    labbook = LabbookFolder.create(tmp_path / "real/project")
    experiment = running.experiment(labbook)
    with serving(tmp_path / "home", tmp_path / "link") as served:
        assert served.get("plan", labbook="project/labbook").status == 200
        for path in (
            experiment.path,
            tmp_path / "link/project/labbook/experiments/0001-trial",
        ):
            assert served.get("place", path=str(path)).json == {
                "labbook": "project/labbook",
                "experiment": "0001-trial",
            }
    with serving(tmp_path / "home", Path("/")) as served:
        below = str(labbook.path).removeprefix("/")
        assert served.get("plan", labbook=below).status == 200
        near = str(labbook.path.parent / "n.ipynb").removeprefix("/")
        assert served.get("labbook", near=near).json == {"labbook": below}


def test_a_server_without_files_of_its_own_says_so_in_one_sentence(
    tmp_path: Path,
) -> None:
    kind = "jupyter_server.services.contents.manager.ContentsManager"
    (tmp_path / "root").mkdir()
    with serving(
        tmp_path / "home",
        tmp_path / "root",
        f"--ServerApp.contents_manager_class={kind}",
    ) as served:
        about = served.get("about").json
        assert about["root"] is False
        reply = served.get("plan", labbook="labbook")
        assert (reply.status, reply.json["message"]) == (404, about["notes"][0])
