"""What the routes answer about one run and its files."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

from tests import running
from tests.integration.rates import PNG

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_labbook.storage.labbook import ExperimentFolder
    from tests.serving import Shown


def test_a_run_is_told_with_its_record_and_its_end_but_no_credential(
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
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
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates()
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
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    experiment = rates()
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
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates()
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
    shown: Shown, rates: Callable[..., ExperimentFolder]
) -> None:
    rates()
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
