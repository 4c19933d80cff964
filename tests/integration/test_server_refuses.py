"""Every route refuses whatever lies outside."""

from __future__ import annotations

import pytest

from jupyter_labbook.server.places import NO_LABBOOK, NOT_THERE
from tests.integration.ground import (
    IN_LABBOOKS,
    OF_EXPERIMENTS,
    OF_RUNS,
    SEVERAL,
    E,
    Ground,
    R,
)

LABBOOKS = {
    "above": "../outside/labbook",
    "above after below": "project/../../outside/labbook",
    "encoded": "%2e%2e/outside/labbook",
    "all encoded": "%2e%2e%2foutside%2flabbook",
    "encoded twice": "%252e%252e/outside/labbook",
    "backslash": "..%5coutside%5clabbook",
    "null byte": "project/labbook%00",
    "null byte behind": "project/labbook%00/../../outside",
    "link out of the root": "link",
    "below a link out of the root": "around/outside/labbook",
    "link to what is no labbook": "alias",
    "nothing of that name": "nothing",
    "a file": "project/labbook/labbook.toml",
    "below a file": "project/labbook/labbook.toml/labbook",
    "a folder of a labbook": "project/labbook/experiments",
    "nothing at all": "",
    "too long": "a" * 5000,
}
NAMES = {
    "above": "..",
    "encoded": "%2e%2e",
    "above twice": "..%2f..",
    "encoded twice": "%252e%252e",
    "absolute": "%2fetc",
    "backslash": "..%5c..",
    "null byte": "%00",
    "nothing of that name": "0099-nothing",
    "no number": "labbook.toml",
    "too long": "1" * 5000,
}
EXPERIMENTS = {
    **NAMES,
    "null byte behind": "0001-trial%00",
    "link out of the root": "0666-linked",
    "link out of the labbook": "0667-inside",
    "within": "0001-trial%2f..%2f0001-trial",
}
RUNS = {
    **NAMES,
    "null byte behind": "001%00",
    "link out of the root": "666",
    "within": "001%2f..%2f001",
}


@pytest.mark.parametrize("route", IN_LABBOOKS)
@pytest.mark.parametrize("labbook", LABBOOKS.values(), ids=LABBOOKS)
def test_no_labbook_is_found_outside_and_nothing_is_told_of_it(
    ground: Ground, unchanged: None, route: str, labbook: str
) -> None:
    reply = ground.ask(route, labbook=labbook)
    assert (reply.status, reply.json) == (
        404,
        {"message": NO_LABBOOK, "reason": "no-labbook"},
    )


@pytest.mark.parametrize("route", IN_LABBOOKS)
def test_no_labbook_is_found_by_an_absolute_path(
    ground: Ground, unchanged: None, route: str
) -> None:
    for path in ("root/project/labbook", "outside/labbook"):
        reply = ground.ask(route, labbook=str(ground.around / path))
        assert (reply.status, reply.json["message"]) == (404, NO_LABBOOK)


@pytest.mark.parametrize("route", OF_EXPERIMENTS)
@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_no_experiment_is_found_outside_and_nothing_is_told_of_it(
    ground: Ground, unchanged: None, route: str, experiment: str
) -> None:
    reply = ground.ask(route, experiment=experiment)
    assert (reply.status, reply.json) == (
        404,
        {"message": NOT_THERE, "reason": "not-found"},
    )


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_no_experiment_is_found_outside_among_several(
    ground: Ground, unchanged: None, experiment: str
) -> None:
    several = "&".join(
        f"experiment={name}&points=16&since=" for name in ("0001-trial", experiment)
    )
    reply = ground.ask(f"GET series?labbook={{labbook}}&{several}")
    found, refused = reply.json["series"]
    assert {line["metric"] for line in found["lines"]} == {"loss"}
    assert refused == {"status": 404, "message": NOT_THERE, "reason": "not-found"}


@pytest.mark.parametrize("route", OF_RUNS)
@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_no_run_is_found_outside_and_nothing_is_told_of_it(
    ground: Ground, unchanged: None, route: str, run: str
) -> None:
    trial = ground.around / "root/project/labbook/experiments/0001-trial/runs"
    link = trial / "666"
    if run == "666":
        link.symlink_to(ground.around / "root/elsewhere/runs/001")
    try:
        reply = ground.ask(route, run=run)
    finally:
        link.unlink(missing_ok=True)
    assert (reply.status, reply.json["message"]) == (404, NOT_THERE)


@pytest.mark.parametrize(
    "name",
    [
        *("..", "%2e%2e", "..%2frun.json", "..%2f..%2f001%2ffigures%2f001-drawn.png"),
        *("%2fetc%2fpasswd", "%00", "001-drawn.png%00", "..%5crun.json", "%252e%252e"),
        *(
            "002-linked.png",
            "003-passwords.png",
            ".hidden.png",
            "nothing.png",
            "1" * 300,
        ),
    ],
)
def test_no_figure_is_found_outside_its_run(
    ground: Ground, unchanged: None, name: str
) -> None:
    reply = ground.ask(f"GET {R}/figures/{{name}}?labbook={{labbook}}", name=name)
    assert (reply.status, reply.json["message"]) == (404, NOT_THERE)


@pytest.mark.parametrize(
    "file",
    [
        *("..%2frun.json", "run.json", "%2e%2e%2frun.json", "%2fetc%2fpasswd", ""),
        *(
            "metrics.csv%00",
            "metrics.9.csv",
            "figures%2f001-drawn.png",
            "metrics.*.csv",
        ),
    ],
)
def test_no_metrics_are_found_outside_their_run(
    ground: Ground, unchanged: None, file: str
) -> None:
    route = f"GET {R}/metrics?labbook={{labbook}}"
    assert ground.ask(route).status == 200
    reply = ground.ask(f"{route}&file={file}")
    assert (reply.status, reply.json["message"]) == (404, NOT_THERE)


@pytest.mark.parametrize(
    "linked", ["metrics.csv", "metrics.2.csv", "output.log", "run.json", "figures"]
)
@pytest.mark.parametrize("route", OF_EXPERIMENTS)
def test_an_experiment_with_a_link_that_leads_out_of_it_is_not_read(
    ground: Ground, route: str, linked: str
) -> None:
    run = ground.around / "root/project/labbook/experiments/0001-trial/runs/001"
    outside = ground.around / "outside/labbook/experiments/0001-trial/runs/001"
    aside = ground.around / "aside"
    target = outside / linked.replace(".2", "")
    if (run / linked).exists():
        (run / linked).rename(aside)
    (run / linked).symlink_to(target)
    try:
        reply = ground.ask(route)
        [among] = ground.ask(SEVERAL).json["series"]
    finally:
        (run / linked).unlink()
        if aside.exists():
            aside.rename(run / linked)
    assert (reply.status, reply.json["message"]) == (404, NOT_THERE)
    assert (among["status"], among["message"]) == (404, NOT_THERE)


def test_an_experiment_whose_checkpoint_lies_elsewhere_is_shown(ground: Ground) -> None:
    run = ground.around / "root/project/labbook/experiments/0001-trial/runs/001"
    (run / "checkpoint").symlink_to(ground.around)
    try:
        assert ground.ask(f"GET {E}?labbook={{labbook}}").status == 200
    finally:
        (run / "checkpoint").unlink()


@pytest.mark.parametrize(
    "path", ["outside/labbook/experiments/0001-trial", "nothing/experiments/0001-x"]
)
def test_where_an_output_is_from_is_not_told_of_what_is_outside(
    ground: Ground, path: str
) -> None:
    reply = ground.served.get("place", path=str(ground.around / path))
    assert (reply.status, reply.json["reason"]) == (404, "outside")


def test_links_inside_of_the_root_lead_to_the_same_labbook(ground: Ground) -> None:
    assert (
        ground.ask("GET plan?labbook={labbook}", labbook="alias/labbook").status == 200
    )


def test_lists_neither_show_nor_count_what_lies_elsewhere(ground: Ground) -> None:
    overview = ground.ask("GET overview?labbook={labbook}").json
    assert sum(overview["totals"].values()) == 1
    assert ground.ask("GET experiments?labbook={labbook}").json["total"] == 1
    changes = ground.ask("GET changes?labbook={labbook}").json
    assert changes["counts"] == overview["counts"]
    for route in ("overview", "experiments"):
        told = ground.ask(f"GET {route}?labbook={{labbook}}").content.decode()
        assert "0001-trial" in told
        assert "linked" not in told
        assert "inside" not in told


def test_a_labbook_whose_experiments_lie_elsewhere_is_none(ground: Ground) -> None:
    inside = ground.around / "root/project/labbook/experiments"
    inside.rename(ground.around / "aside")
    inside.symlink_to(ground.around / "outside/labbook/experiments")
    try:
        for route in ("overview", "experiments", "plan", "changes"):
            reply = ground.ask(f"GET {route}?labbook={{labbook}}")
            assert (reply.status, reply.json["message"]) == (404, NO_LABBOOK)
    finally:
        inside.unlink()
        (ground.around / "aside").rename(inside)
