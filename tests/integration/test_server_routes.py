"""What the routes answer about real experiments, and what they do to them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import uuid
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.concluding import conclude
from jupyter_labbook.actions.plan import add_item, edit_item, read_plan
from jupyter_labbook.storage import run_state, trust
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.serving import Shown, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_labbook.runtime.layout import RunFolder
    from jupyter_labbook.storage.labbook import ExperimentFolder

PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"
TRAIN = f"""\
import sys
from jupyter_labbook import log, run_dir
rate = float(sys.argv[1])
for step in range(4):
    log(step=step, loss=rate / (step + 1))
log(step=3, accuracy=float("nan") if rate > 1 else rate)
figures = run_dir() / "figures"
figures.mkdir()
(figures / "001-drawn.png").write_bytes({PNG!r})
(figures / "002-drawn.svg").write_text("<svg><script>alert(1)</script></svg>")
(figures / "003-table.html").write_text("<script>alert(1)</script>")
print("trained with", rate, "\\x1b[31mred\\x1b[0m")
"""


@pytest.fixture
def train(shown: Shown) -> Callable[..., ExperimentFolder]:
    """Run a small program as an experiment with two runs, and wait for them."""
    project = shown.folder.path.parent
    (project / "train.py").write_text(TRAIN)

    def run(name: str = "rates", *flags: str) -> ExperimentFolder:
        words = [
            *(name, "--why", "to see <b>it</b>", "--sweep", "{rate: [0.5, 2]}", *flags),
            *("--wait", "--", sys.executable, "train.py", "{rate}"),
        ]
        subprocess.run(
            [sys.executable, "-m", "jupyter_labbook.cli", "run", *words],
            cwd=project,
            check=True,
            capture_output=True,
        )
        return shown.folder.experiment(name)

    return run


@pytest.fixture
def holding(shown: Shown, until: Callable[..., None]) -> Iterator[RunFolder]:
    """Start a run that goes on until it is stopped."""
    run = running.queue(
        shown.folder,
        running.experiment(shown.folder, "holding"),
        "import time\nprint('up', flush=True)\ntime.sleep(600)\n",
    )
    assert running.start(run)
    until(lambda: run.output.exists() and run.output.read_bytes() == b"up\n")
    yield run
    shown.post("experiments/0001-holding/stop", {})
    until(run.exit.exists)


def change(op: str, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "op": op, **fields}


def items(plan: dict[str, Any], which: str = "test") -> list[dict[str, Any]]:
    return next(each["items"] for each in plan["lists"] if each["list"] == which)


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
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    train()
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
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
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


def test_a_cursor_that_no_longer_fits_gives_everything(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    train()
    for cursor in ("", "nonsense", "1024.abc.1", "9" * 5000, "²"):
        reply = shown.get("experiments/0001-rates/series", since=cursor)
        assert (reply.status, len(reply.json["lines"])) == (200, 4)
        assert {line["keep"] for line in reply.json["lines"]} == {0}


def test_a_part_of_the_lines_is_read_in_detail(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    train()
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


def test_a_run_is_told_with_its_record_and_its_end_but_no_credential(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
    path = experiment.path / "runs/001/run.json"
    record = json.loads(path.read_text())
    record["parameters"]["api_key"] = "abcdefgh"
    record["command"] += ["--password", "secret-word", "--api-key=secret-word"]
    path.write_text(json.dumps(record))
    told = shown.get("experiments/0001-rates/runs/001").json
    assert told["view"]["label"] == "001"
    assert told["record"]["parameters"]["rate"] == 0.5
    assert told["exit"]["state"] == "finished"
    assert "abcdefgh" not in json.dumps(told["record"])
    assert "secret-word" not in json.dumps(told["record"])


def test_output_comes_from_its_end_or_from_an_offset(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    train()
    route = "experiments/0001-rates/runs/001/output"
    whole = shown.get(route).json
    assert whole["text"] == "trained with 0.5 \x1b[31mred\x1b[0m\n"
    assert (whole["start"], whole["end"]) == (0, whole["size"])
    part = shown.get(route, from_=8, limit=16).json
    assert (part["start"], part["text"]) == (8, whole["text"][8:24])


def test_a_run_that_has_printed_nothing_has_an_empty_output(shown: Shown) -> None:
    running.queue(shown.folder, running.experiment(shown.folder))
    told = shown.get("experiments/0001-trial/runs/001/output").json
    assert told == {"start": 0, "end": 0, "size": 0, "text": ""}


def test_lines_of_a_megabyte_and_bytes_that_are_no_text_come_in_parts(
    shown: Shown,
) -> None:
    run = running.queue(shown.folder, running.experiment(shown.folder))
    run.output.write_bytes(b"\xff\xfe<script>" + "é".encode() * 600_000 + b"end")
    route = "experiments/0001-trial/runs/001/output"
    start, text = 0, ""
    while start < run.output.stat().st_size:
        part = shown.get(route, from_=start).json
        assert len(part["text"].encode()) <= 65_536 + 6
        assert part["end"] > start
        start, text = part["end"], text + part["text"]
    assert text == "\\xff\\xfe<script>" + "é" * 600_000 + "end"
    assert shown.get(route).json["text"].endswith("éend")


def test_bytes_of_metrics_come_from_an_offset(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
    content = (experiment.path / "runs/001/metrics.csv").read_bytes()
    route = "experiments/0001-rates/runs/001/metrics"
    part = shown.get(route, offset=5, limit=10)
    assert part.content == content[5:15]
    assert part.headers["content-type"].startswith("text/csv")
    assert part.headers["x-content-type-options"] == "nosniff"
    assert part.headers["x-labbook-size"] == str(len(content))
    assert part.headers["x-labbook-end"] == "15"
    beyond = shown.get(route, offset=10**6)
    assert (beyond.content, beyond.headers["x-labbook-end"]) == (b"", str(len(content)))


def test_everything_logged_comes_as_one_table(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    train()
    reply = shown.get("experiments/0001-rates/runs/001/metrics.csv")
    assert "attachment" in reply.headers["content-disposition"]
    assert "0001-rates-001.csv" in reply.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.content.decode())))
    assert [row["loss"] for row in rows] == ["0.5", "0.25", repr(0.5 / 3), "0.125", ""]
    assert [row["accuracy"] for row in rows] == ["", "", "", "", "0.5"]
    assert [row["step"] for row in rows] == ["0", "1", "2", "3", "3"]


def test_one_file_of_metrics_comes_as_it_is_but_for_a_torn_line(shown: Shown) -> None:
    run = running.queue(shown.folder, running.experiment(shown.folder))
    lines = "_row,_time,loss\n" + "".join(f"{n},1.000000,0.5\n" for n in range(90_000))
    run.metrics.write_text(lines + "90000,1.0000")
    reply = shown.get("experiments/0001-trial/runs/001/metrics.csv")
    assert reply.content.decode() == lines


def test_pictures_are_shown_in_a_sandbox_and_all_else_is_an_attachment(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    train()
    route = "experiments/0001-rates/runs/001/figures/"
    png, svg, page = (
        shown.get(route + name)
        for name in ("001-drawn.png", "002-drawn.svg", "003-table.html")
    )
    assert png.content == PNG
    assert [each.headers["content-type"] for each in (png, svg, page)] == [
        "image/png",
        "image/svg+xml",
        "application/octet-stream",
    ]
    for each in (png, svg, page):
        assert each.headers["content-security-policy"].startswith("sandbox; default-")
        assert each.headers["x-content-type-options"] == "nosniff"
    assert "content-disposition" not in svg.headers
    assert page.headers["content-disposition"].startswith("attachment")


def test_all_experiments_are_listed_searched_and_turned_over(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    train("rates", "--tags", "[small]")
    train("other")
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
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
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


def test_a_run_is_stopped(
    shown: Shown, holding: RunFolder, until: Callable[..., None]
) -> None:
    wish = {"runs": ["001"], "reason": "seen enough"}
    told = shown.post("experiments/0001-holding/stop", wish)
    assert told.json == {"runs": [{"run": "001", "was": "running"}]}
    until(holding.exit.exists)
    ended = run_state.read_exit(holding)
    assert ended is not None
    assert (ended.state, "seen enough" in ended.reason) == ("stopped", True)
    again = shown.post("experiments/0001-holding/stop", {})
    assert again.json == {"runs": [{"run": "001", "was": "stopped"}]}


def test_runs_are_repeated(
    shown: Shown, train: Callable[..., ExperimentFolder], until: Callable[..., None]
) -> None:
    experiment = train()
    told = shown.post("experiments/0001-rates/rerun", {"runs": ["002"]})
    assert told.json == {"runs": [{"original": "002", "rerun": "003"}]}
    until((experiment.path / "runs/003/exit.json").exists)
    assert run_state.derive(experiment.run("003"), trust.trusted) == "finished"


def test_a_run_is_repeated_by_the_python_that_executed_it(
    shown: Shown, tmp_path: Path, until: Callable[..., None]
) -> None:
    # The server's own is another one: a kernel has an environment of its own.
    venv.create(tmp_path / "env", with_pip=False)
    python = str(tmp_path / "env/bin/python")
    experiment = running.experiment(shown.folder)
    run = running.queue(shown.folder, experiment, "import sys; print(sys.prefix)")
    script = hashlib.sha256(run.script.read_bytes()).hexdigest()
    record = json.loads(run.record.read_text()) | {"script": script}
    record |= {"host": socket.gethostname(), "cwd": str(tmp_path)}
    run.record.write_text(json.dumps(record | {"python": python}))

    told = shown.post("experiments/0001-trial/rerun", {"runs": ["001"]})
    assert told.json == {"runs": [{"original": "001", "rerun": "002"}]}
    again = experiment.run("002")
    until(again.exit.exists)
    assert again.output.read_text() == f"{tmp_path}/env\n"
    assert json.loads(again.record.read_text())["python"] == python

    run.record.write_text(json.dumps(record | {"python": f"{tmp_path}/gone"}))
    refused = shown.post("experiments/0001-trial/rerun", {"runs": ["001"]})
    assert (refused.status, refused.json["reason"]) == (400, "invalid")
    assert f"{tmp_path}/gone, which is gone" in refused.json["message"]
    assert [run.label for run in experiment.runs()] == ["001", "002"]


def test_a_conclusion_is_recorded_unless_another_one_came_first(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
    route = "experiments/0001-rates/conclude"
    done = shown.post(route, {"text": " It falls. ", "was": ""})
    assert done.json == {"conclusion": "It falls."}
    assert shown.get("experiments/0001-rates").json["view"]["conclusion"] == "It falls."
    conclude(shown.folder, experiment, "It rises.")
    refused = shown.post(route, {"text": "It stays.", "was": "It falls."})
    assert (refused.status, refused.json["reason"]) == (409, "conflict")
    assert refused.json["conclusion"] == "It rises."
    assert shown.post(route, {"text": "It stays."}).status == 200


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("stop", {"runs": "001"}),
        ("stop", {"runs": [1]}),
        ("stop", []),
        ("stop", {"ruuns": []}),
        ("rerun", {"current": "yes"}),
        ("conclude", {}),
        ("conclude", {"text": "  "}),
        ("conclude", {"text": "a" * 100_001}),
    ],
)
def test_a_wish_that_is_not_understood_changes_nothing(
    shown: Shown, verb: str, body: object
) -> None:
    running.queue(shown.folder, running.experiment(shown.folder))
    refused = shown.post(f"experiments/0001-trial/{verb}", body)
    assert (refused.status, refused.json["reason"]) == (400, "invalid")


def test_a_request_without_end_is_refused(shown: Shown) -> None:
    refused = shown.post("plan", change("add", list="test", text="a" * 2_000_000))
    assert (refused.status, refused.json["reason"]) == (413, "invalid")


def test_the_plan_is_edited_and_a_change_that_comes_twice_is_done_once(
    shown: Shown,
) -> None:
    empty = shown.get("plan")
    assert empty.headers["etag"] == f'"{empty.json["version"]}"'
    assert empty.json["path"] == f"{shown.name}/plan.md"
    assert [each["list"] for each in empty.json["lists"]][:2] == [
        "experiment",
        "question",
    ]
    adding = change("add", list="test", text="the loader", expected="it holds")
    for _ in range(2):
        plan = shown.post("plan", adding).json
        assert [item["text"] for item in items(plan)] == ["the loader"]
    [item] = items(plan)
    for op, fields in (
        ("tick", {"done": True}),
        ("priority", {"priority": "high"}),
        ("edit", {"fields": {"impact": "much"}}),
    ):
        plan = shown.post("plan", change(op, item=item["id"], **fields)).json
    [item] = items(plan)
    assert (item["done"], item["priority"], item["impact"]) == (True, "high", "much")
    assert items(shown.post("plan", change("delete", item=item["id"])).json) == []
    assert items(shown.post("plan", change("undo")).json) == [item]
    assert (
        shown.served.get(
            "plan", {"If-None-Match": empty.headers["etag"]}, labbook=shown.name
        ).json["version"]
        != empty.json["version"]
    )


def test_items_of_the_plan_are_moved_within_and_between_lists(shown: Shown) -> None:
    for text in "abc":
        plan = shown.post("plan", change("add", list="test", text=text)).json
    ids = {item["text"]: item["id"] for item in items(plan)}
    before = change("move", item=ids["c"], before=ids["a"])
    plan = shown.post("plan", before).json
    assert [item["text"] for item in items(plan)] == ["c", "a", "b"]
    plan = shown.post("plan", change("move", item=ids["c"], before="")).json
    assert [item["text"] for item in items(plan)] == ["a", "b", "c"]
    away = change("move", item=ids["a"], before="", list="question")
    plan = shown.post("plan", away).json
    assert [item["text"] for item in items(plan)] == ["b", "c"]
    assert [item["text"] for item in items(plan, "question")] == ["a"]


def test_two_editors_of_the_plan_never_lose_an_item(shown: Shown) -> None:
    path = shown.folder.path
    item = add_item(path, "test", "the loader")
    seen = shown.get("plan").json
    edit_item(path, item.id, text="the reader")
    lost = shown.post("plan", change("tick", item=item.id, done=True))
    assert (lost.status, lost.json["reason"]) == (409, "conflict")
    assert [each["text"] for each in items(lost.json["plan"])] == ["the reader"]
    assert [each.text for each in read_plan(path).items] == ["the reader"]
    assert lost.json["plan"]["version"] != seen["version"]


def test_details_that_were_changed_elsewhere_are_not_overwritten(shown: Shown) -> None:
    path = shown.folder.path
    item = add_item(path, "question", "why", expected="this")
    version = shown.get("plan").json["version"]
    edit_item(path, item.id, expected="that")
    mine = change("edit", item=item.id, fields={"expected": "mine"}, version=version)
    refused = shown.post("plan", mine)
    assert (refused.status, refused.json["reason"]) == (409, "conflict")
    assert read_plan(path).items[0].expected == "that"
    again = {**mine, "version": refused.json["plan"]["version"]}
    assert shown.post("plan", again).status == 200
    assert read_plan(path).items[0].expected == "mine"


@pytest.mark.parametrize(
    "body",
    [
        {"op": "add", "list": "test", "text": "no id"},
        {"id": "1", "op": "burn"},
        {"id": "2", "op": "add", "list": "none", "text": "x"},
        {"id": "3", "op": "tick", "item": "x", "done": "yes"},
        {"id": "4", "op": "edit", "item": "x", "fields": {"id": "y"}},
        {"id": "5", "op": "move", "item": "x", "before": 1},
        {"id": ["6"], "op": "undo"},
        ["id", "7"],
    ],
)
def test_a_change_of_the_plan_that_makes_no_sense_is_refused(
    shown: Shown, body: object
) -> None:
    refused = shown.post("plan", body)
    assert (refused.status, refused.json["reason"]) == (400, "invalid")
    assert not (shown.folder.path / "plan.md").exists()


def test_a_plan_that_is_no_text_is_named_and_kept(shown: Shown) -> None:
    plan = shown.folder.path / "plan.md"
    plan.write_bytes(b"- [ ] \xff\xfe\n")
    for reply in (
        shown.get("plan"),
        shown.post("plan", change("add", list="test", text="x")),
    ):
        assert (reply.status, reply.json["reason"]) == (500, "unreadable")
        assert "plan.md" in reply.json["message"]
    assert plan.read_bytes() == b"- [ ] \xff\xfe\n"


def test_a_run_that_is_deleted_under_an_open_view_is_gone_from_it(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
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
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
    first, second = (experiment.path / f"runs/{n}/metrics.csv" for n in ("001", "002"))
    first.write_bytes(b"_row,_time,step,loss\n0,1.000000,0,0.5\n\x00\xff\xfe\n")
    second.write_text("row;when;loss\n" + second.read_text())
    assert shown.get("experiments/0001-rates").status == 200
    lines = shown.get("experiments/0001-rates/series").json["lines"]
    kept = [line for line in lines if (line["run"], line["metric"]) == ("001", "loss")]
    assert kept[0]["y"] == [0.5]
    assert shown.get("experiments/0001-rates/runs/002/metrics.csv").status == 200


def test_a_damaged_record_is_named_in_one_sentence(
    shown: Shown, train: Callable[..., ExperimentFolder]
) -> None:
    experiment = train()
    (experiment.path / "runs/001/run.json").write_text("{")
    told = shown.get("experiments/0001-rates/runs/001")
    assert (told.status, told.json["reason"]) == (500, "unreadable")
    assert "run.json is damaged" in told.json["message"]
    assert "damaged" in shown.get("experiments/0001-rates").json["view"]["note"]


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
