"""What the routes answer about experiments and their lines."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests import running

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.storage.labbook import ExperimentFolder
    from tests.serving import Shown


def test_the_labbook_of_a_notebook_is_found_beside_it_or_above(shown: Shown) -> None:
    project = shown.folder.path.parent
    (project / "deep/er").mkdir(parents=True)
    for near in ("n.ipynb", "deep/er/n.ipynb", "deep", "labbook", "labbook/plan.md"):
        reply = shown.served.get("labbook", near=f"{project.name}/{near}")
        assert reply.json == {"labbook": shown.name}


def test_that_a_notebook_has_no_labbook_yet_is_an_answer_and_no_error(
    shown: Shown,
) -> None:
    for near in ("n.ipynb", "", "nothing/here.ipynb"):
        reply = shown.served.get("labbook", near=near)
        assert (reply.status, reply.json) == (200, {"labbook": ""})


def test_a_checklist_is_traced_by_its_labbook_or_by_the_notebook_it_is_in(
    shown: Shown,
) -> None:
    project = shown.folder.path.parent
    here, found = str(shown.folder.path), {"labbook": shown.name}
    away = {"path": here, "near": "elsewhere/n.ipynb"}
    assert shown.served.get("labbook", **away).json == found
    for path in ("/home/other/labbook", f"{project}/moved/labbook", f"{here}/../x"):
        near = f"{project.name}/n.ipynb"
        assert shown.served.get("labbook", path=path, near=near).json == found
        assert shown.served.get("labbook", path=path, near="").json["labbook"] == ""


def test_an_output_is_traced_by_its_path_or_by_the_notebook_it_is_in(
    shown: Shown,
) -> None:
    experiment = running.experiment(shown.folder)
    near = f"{shown.folder.path.parent.name}/n.ipynb"
    found = {"labbook": shown.name, "experiment": "0001-trial"}
    here, elsewhere = str(experiment.path), "/home/other/labbook/experiments/0001-trial"
    assert shown.served.get("place", path=here).json == found
    assert shown.served.get("place", path=elsewhere, near=near).json == found
    lost = shown.served.get("place", path=f"{here}-gone", near=near)
    assert (lost.status, lost.json["reason"]) == (404, "gone")
    assert shown.served.get("place", path=elsewhere).json["reason"] == "outside"


def test_an_experiment_is_shown_without_lines_and_asked_for_only_once(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates()
    reply = shown.get("experiments/0001-rates")
    view = reply.json["view"]
    assert reply.json["version"] == 1
    assert view["why"] == "to see <b>it</b>"
    assert [run["state"] for run in view["runs"]] == ["finished", "finished"]
    assert [run["parameters"]["rate"] for run in view["runs"]] == [0.5, 2]
    assert [run["final"]["accuracy"] for run in view["runs"]] == [0.5, None]
    assert {(*run["series"], run["tail"]) for run in view["runs"]} == {("",)}
    assert view["runs"][0]["figures"] == [
        "figures/001-drawn.png",
        "figures/002-drawn.svg",
        "figures/003-table.html",
    ]
    assert all(command.startswith("%labbook ") for _, command in reply.json["next"])
    again = shown.served.get(
        "experiments/0001-rates",
        headers={"If-None-Match": reply.headers["etag"]},
        labbook=shown.name,
    )
    assert (again.status, again.content) == (304, b"")


def test_lines_come_whole_and_then_in_pieces(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
    first = shown.get("experiments/0001-rates/series", points=16).json
    assert first["runs"] == ["001", "002"]
    losses = {line["run"]: line for line in first["lines"] if line["metric"] == "loss"}
    assert losses["002"]["x"] == [0, 1, 2, 3]
    assert losses["002"]["y"] == [2.0, 1.0, 2 / 3, 0.5]
    with (experiment.path / "runs/001/metrics.csv").open("a") as file:
        file.write("9,1.500000,9,0.25\n")
    more = shown.get(
        "experiments/0001-rates/series", points=16, since=first["cursor"]
    ).json
    [line] = more["lines"]
    assert (line["run"], line["metric"], line["keep"]) == ("001", "loss", 4)
    assert (line["x"], line["y"]) == ([9], [0.25])


def test_lines_of_several_experiments_come_together(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates()
    one = shown.get("experiments/0001-rates/series", points=16).json
    first, gone, last = shown.get(
        "series",
        experiment=["0001-rates", "0099-nothing", "0001-rates"],
        points=[16, 16, 32],
        since=["", "", ""],
    ).json["series"]
    assert first["lines"] == one["lines"]
    assert (gone["status"], gone["reason"]) == (404, "not-found")
    assert last["runs"] == one["runs"]
    [more] = shown.get(
        "series", experiment=["0001-rates"], points=[16], since=[first["cursor"]]
    ).json["series"]
    assert (more["lines"], more["reset"]) == ([], False)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"experiment": ["0001-rates"] * 17, "points": [16] * 17, "since": [""] * 17},
        {"experiment": ["0001-rates"], "points": [16]},
        {"experiment": ["0001-rates"], "points": [16, 16], "since": [""]},
        {"experiment": ["0001-rates"], "points": [15], "since": [""]},
    ],
)
def test_several_that_make_no_sense_are_refused_together(
    shown: Shown, query: dict[str, Any]
) -> None:
    reply = shown.get("series", **query)
    assert (reply.status, reply.json["reason"]) == (400, "invalid")


def test_a_cursor_that_no_longer_fits_gives_everything(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates()
    for cursor in ("", "nonsense", "1024.abc.1", "9" * 5000, "²"):
        reply = shown.get("experiments/0001-rates/series", since=cursor)
        assert (reply.status, len(reply.json["lines"])) == (200, 4)
        assert {line["keep"] for line in reply.json["lines"]} == {0}


def test_a_part_of_the_lines_is_read_in_detail(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates()
    query = {"metric": "loss", "run": "002", "from_": 1, "to": 1.5}
    [line] = shown.get("experiments/0001-rates/range", **query).json["lines"]
    assert (line["run"], line["x"], line["keep"]) == ("002", [0, 1, 2], 0)
    both = {"metric": ["loss", "accuracy"], "from_": 0, "to": 9}
    lines = shown.get("experiments/0001-rates/range", **both).json["lines"]
    assert len(lines) >= 3


@pytest.mark.parametrize(
    ("route", "query"),
    [
        ("series", {"points": 15}),
        ("series", {"points": "many"}),
        ("series", {"points": 8001}),
        ("range", {"from_": 1}),
        ("range", {"from_": "nan", "to": 1}),
        ("range", {"from_": 2, "to": 1}),
        ("range", {"from_": 1, "to": 2, "by": "hand"}),
        ("range", {"from_": 1, "to": 2, "metric": ["m"] * 101}),
        ("runs/001/output", {"from_": -1}),
        ("runs/001/output", {"limit": 65_537}),
        ("runs/001/metrics", {"limit": 0}),
        ("runs/001/metrics", {"offset": "1e3"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    shown: Shown, route: str, query: dict[str, Any]
) -> None:
    running.queue(shown.folder, running.experiment(shown.folder))
    reply = shown.get(f"experiments/0001-trial/{route}", **query)
    assert (reply.status, reply.json["reason"]) == (400, "invalid")
    assert reply.json["message"].endswith(".")


def test_all_experiments_are_listed_searched_and_turned_over(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates("rates", "--tags", "[small]")
    rates("other")
    overview = shown.get("overview")
    told = overview.json
    assert told["labbook"] == shown.name
    assert told["counts"] == {"finished": 4}
    assert told["tags"] == ["small"]
    assert [row["name"] for row in told["groups"]["unconcluded"]] == ["other", "rates"]
    same = shown.served.get(
        "overview", {"If-None-Match": overview.headers["etag"]}, labbook=shown.name
    )
    assert same.status == 304
    assert shown.get("overview", tag="small").json["totals"]["unconcluded"] == 1
    first = shown.get("experiments", limit=1).json
    assert (first["total"], first["rows"][0]["experiment"]) == (2, "0002-other")
    rest = shown.get("experiments", limit=1, cursor=first["cursor"]).json
    assert (rest["rows"][0]["name"], rest["cursor"]) == ("rates", "")
    assert shown.get("experiments", text="rates see").json["total"] == 1
    assert shown.get("experiments", state="failed").json["rows"] == []


def test_the_notebook_of_an_experiment_is_named_as_the_page_does(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
    project = shown.folder.path.parent
    path = experiment.path / "runs/002/run.json"
    for recorded, told in (
        (str(project / "n.ipynb"), f"{project.name}/n.ipynb"),
        ("/elsewhere/n.ipynb", ""),
    ):
        record = json.loads(path.read_text()) | {"notebook": recorded}
        path.write_text(json.dumps(record))
        shutil.copytree(shown.folder.path, project / "aside")
        shutil.rmtree(shown.folder.path)
        (project / "aside").rename(shown.folder.path)
        [row] = shown.get("experiments").json["rows"]
        assert row["notebook"] == told


def test_a_run_that_is_deleted_under_an_open_view_is_gone_from_it(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
    shown.get("experiments/0001-rates/series")
    assert len(shown.get("experiments/0001-rates").json["view"]["runs"]) == 2
    shutil.rmtree(experiment.path / "runs/002")
    view = shown.get("experiments/0001-rates").json["view"]
    assert [run["label"] for run in view["runs"]] == ["001"]
    assert shown.get("experiments/0001-rates/series").json["runs"] == ["001"]
    assert shown.get("experiments/0001-rates/runs/002").status == 404
    shutil.rmtree(experiment.path)
    gone = shown.get("experiments/0001-rates")
    assert (gone.status, gone.json["reason"]) == (404, "not-found")


def test_damaged_metrics_leave_the_rest_in_view(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
    first, second = (experiment.path / f"runs/{n}/metrics.csv" for n in ("001", "002"))
    first.write_bytes(b"_row,_time,step,loss\n0,1.000000,0,0.5\n\x00\xff\xfe\n")
    second.write_text("row;when;loss\n" + second.read_text())
    assert shown.get("experiments/0001-rates").status == 200
    lines = shown.get("experiments/0001-rates/series").json["lines"]
    kept = [line for line in lines if (line["run"], line["metric"]) == ("001", "loss")]
    assert kept[0]["y"] == [0.5]
    assert shown.get("experiments/0001-rates/runs/002/metrics.csv").status == 200


def test_a_damaged_record_is_named_in_one_sentence(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
    (experiment.path / "runs/001/run.json").write_text("{")
    told = shown.get("experiments/0001-rates/runs/001")
    assert (told.status, told.json["reason"]) == (500, "unreadable")
    assert "run.json is damaged" in told.json["message"]
    assert "damaged" in shown.get("experiments/0001-rates").json["view"]["note"]
