"""Every route refuses whoever may not ask, and whatever lies outside."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from jupyter_labbook.server.places import NO_LABBOOK, NOT_THERE
from jupyter_labbook.storage.labbook import LabbookFolder
from tests import running
from tests.serving import Reply, Served, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

E = "experiments/{experiment}"
R = f"{E}/runs/{{run}}"
ROUTES: dict[str, Any] = {
    "GET about": None,
    "GET openapi.json": None,
    "GET labbook?near={labbook}": None,
    "GET place?path={path}&near={labbook}": None,
    "GET overview?labbook={labbook}": None,
    "GET experiments?labbook={labbook}": None,
    f"GET {E}?labbook={{labbook}}": None,
    f"GET {E}/series?labbook={{labbook}}": None,
    f"GET {E}/range?labbook={{labbook}}&from=0&to=9": None,
    f"GET {R}?labbook={{labbook}}": None,
    f"GET {R}/output?labbook={{labbook}}": None,
    f"GET {R}/metrics?labbook={{labbook}}": None,
    f"GET {R}/metrics.csv?labbook={{labbook}}": None,
    f"GET {R}/figures/{{name}}?labbook={{labbook}}": None,
    f"POST {E}/stop?labbook={{labbook}}": {},
    f"POST {E}/rerun?labbook={{labbook}}": {},
    f"POST {E}/conclude?labbook={{labbook}}": {"text": "Nothing."},
    "GET plan?labbook={labbook}": None,
    "POST plan?labbook={labbook}": {
        "id": "1",
        "op": "add",
        "list": "test",
        "text": "never",
    },
    "GET changes?labbook={labbook}": None,
    "GET stream?labbook={labbook}": None,
}
POSTS = [route for route in ROUTES if route.startswith("POST")]
IN_LABBOOKS = [route for route in ROUTES if "labbook={labbook}" in route]
OF_EXPERIMENTS = [route for route in ROUTES if "{experiment}" in route]
OF_RUNS = [route for route in ROUTES if "{run}" in route]

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


@dataclass
class Ground:
    """A root with a labbook in it, and what lies around it."""

    served: Served
    around: Path

    def ask(
        self, route: str, headers: dict[str, str] | None = None, **names: str
    ) -> Reply:
        method, _, target = route.partition(" ")
        outside = self.around / "outside/labbook/experiments/0001-trial"
        named = {
            "labbook": "project/labbook",
            "experiment": "0001-trial",
            "run": "001",
            "name": "001-drawn.png",
            "path": quote(str(outside)),
            **names,
        }
        given = self.served.authorization if headers is None else headers
        return self.served.ask(
            method,
            self.served.prefix + target.format(**named),
            ROUTES.get(route),
            given,
        )

    def contents(self) -> dict[str, str]:
        """Say what every file below and beside the root holds."""
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.around.rglob("*"))
            if path.is_file()
        }


def fill(project: Path) -> LabbookFolder:
    labbook = LabbookFolder.create(project)
    experiment = running.experiment(labbook)
    run = running.queue(labbook, experiment)
    run.output.write_text("printed\n")
    run.metrics.write_text("_row,_time,step,loss\n0,1.000000,0,0.5\n")
    run.figures.mkdir()
    (run.figures / "001-drawn.png").write_bytes(b"\x89PNG")
    return labbook


@pytest.fixture(scope="module")
def ground(
    tmp_path_factory: pytest.TempPathFactory, server_user: dict[str, str]
) -> Iterator[Ground]:
    around = tmp_path_factory.mktemp("ground").resolve()
    root = around / "root"
    (root / "project").mkdir(parents=True)
    (around / "outside").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        for name, value in server_user.items():
            patched.setenv(name, value)
        inside = fill(root / "project").path
        outside = fill(around / "outside").path
    (root / "alias").symlink_to(root / "project")
    (root / "around").symlink_to(around)
    (root / "link").symlink_to(outside)
    trial = outside / "experiments/0001-trial"
    shutil.copytree(trial, root / "elsewhere")
    experiments = inside / "experiments"
    (experiments / "0666-linked").symlink_to(trial)
    (experiments / "0667-inside").symlink_to(root / "elsewhere")
    run = experiments / "0001-trial/runs/001"
    (run / "figures/002-linked.png").symlink_to(
        trial / "runs/001/figures/001-drawn.png"
    )
    (run / "figures/003-passwords.png").symlink_to("/etc/passwd")
    (run / "figures/.hidden.png").write_bytes(b"\x89PNG")
    home = tmp_path_factory.mktemp("server")
    with serving(home, root, environment=server_user) as served:
        yield Ground(served, around)


@pytest.fixture
def unchanged(ground: Ground) -> Iterator[None]:
    before = ground.contents()
    yield
    assert ground.contents() == before


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "token wrong"}], ids=["no token", "wrong token"]
)
def test_without_the_token_nothing_is_told(
    ground: Ground, unchanged: None, route: str, headers: dict[str, str]
) -> None:
    reply = ground.ask(route, headers)
    assert reply.status == 403
    assert reply.json["reason"] == "unauthorized"
    assert reply.json.keys() == {"message", "reason"}


@pytest.mark.parametrize("route", POSTS)
def test_a_page_of_another_origin_changes_nothing(
    ground: Ground, unchanged: None, route: str
) -> None:
    cookies = ground.served.cookies()
    session = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-XSRFToken": cookies["_xsrf"],
    }
    reply = ground.ask(route, {**session, "Origin": "http://elsewhere.example"})
    assert reply.status in (403, 404)
    assert "Access-Control-Allow-Origin".lower() not in reply.headers


@pytest.mark.parametrize("route", ["GET stream?labbook={labbook}", *IN_LABBOOKS[:3]])
def test_a_page_of_another_origin_reads_nothing(ground: Ground, route: str) -> None:
    cookies = ground.served.cookies()
    session = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Cookie": session, "Origin": "http://elsewhere.example"}
    assert ground.ask(route, headers).status in (403, 404)


@pytest.mark.parametrize("route", POSTS)
@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_session_without_its_token_against_xsrf_changes_nothing(
    ground: Ground, unchanged: None, route: str, token: str
) -> None:
    cookies = ground.served.cookies()
    session = "; ".join(f"{name}={value}" for name, value in cookies.items())
    sent = {"X-XSRFToken": token} if token else {}
    assert ground.ask(route, {"Cookie": session, **sent}).status == 403


def test_a_session_with_its_token_against_xsrf_may_read_and_change(
    ground: Ground,
) -> None:
    cookies = ground.served.cookies()
    session = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-XSRFToken": cookies["_xsrf"],
    }
    assert ground.ask("GET plan?labbook={labbook}", session).status == 200
    posted = ground.ask("POST plan?labbook={labbook}", session)
    assert posted.status == 200
    (ground.around / "root/project/labbook/plan.md").unlink()


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
    finally:
        (run / linked).unlink()
        if aside.exists():
            aside.rename(run / linked)
    assert (reply.status, reply.json["message"]) == (404, NOT_THERE)


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


def test_no_handler_of_ours_answers_without_authentication(ground: Ground) -> None:
    """With ``allow_unauthenticated_access=False`` Jupyter names those that would."""
    assert "labbook" not in _warned(ground.served.log.read_text())


def _warned(log: str) -> str:
    return "\n".join(line for line in log.splitlines() if line.startswith("- "))


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


def asked(served: Served, route: str) -> int:
    method, _, target = route.partition(" ")
    named = {
        "labbook": "labbook",
        "experiment": "0001-x",
        "run": "001",
        "name": "x.png",
    }
    path = served.prefix + target.format(**named, path="/x")
    return served.ask(method, path, ROUTES[route], served.authorization).status


@pytest.mark.parametrize(
    ("users", "refused"),
    [
        ("Strangers", set(ROUTES)),
        ("Readers", set(POSTS)),
        ("Writers", {route for route in POSTS if "rerun" in route}),
    ],
)
def test_nobody_may_do_more_than_the_authorizer_of_the_server_allows(
    tmp_path: Path, server_user: dict[str, str], users: str, refused: set[str]
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    authorizer = f"--ServerApp.authorizer_class=tests.authorizing.{users}"
    with serving(
        tmp_path / "home", root, authorizer, environment=server_user
    ) as served:
        found = {route for route in ROUTES if asked(served, route) == 403}
    assert found == refused
