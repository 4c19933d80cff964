"""Every route refuses whoever may not ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.ground import IN_LABBOOKS, POSTS, ROUTES, Ground
from tests.serving import Served, serving

if TYPE_CHECKING:
    from pathlib import Path


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


def test_no_handler_of_ours_answers_without_authentication(ground: Ground) -> None:
    """With ``allow_unauthenticated_access=False`` Jupyter names those that would."""
    assert "labbook" not in _warned(ground.served.server.log.read_text())


def _warned(log: str) -> str:
    return "\n".join(line for line in log.splitlines() if line.startswith("- "))


EXECUTING = [
    route for route in POSTS if "rerun" in route or route.startswith("POST preflight")
]


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
        ("Writers", set(EXECUTING)),
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
