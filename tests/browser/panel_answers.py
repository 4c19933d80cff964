"""Answers of a labbook's server, for pages that are looked at without one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route


def row(number: int, name: str, question: str, **more: object) -> dict[str, Any]:
    return {
        "experiment": f"{number:04d}-{name}",
        "number": number,
        "name": name,
        "question": question,
        "why": "",
        "hypothesis": "",
        "conclusion": "",
        "tags": [],
        "verdicts": [],
        "states": {"finished": 5},
        "created": "2026-03-01T09:30:00Z",
        "ended": "2026-03-01T12:30:00Z",
        "progress": None,
        "reason": "",
        "notebook": "digits.ipynb",
        "cell": "",
        **more,
    }


GROUPS = {
    "running": [
        row(
            12,
            "depth-of-trees",
            "Does the depth matter once there are 300 trees, or is width all that "
            "counts on data as small as this?",
            states={"running": 2, "waiting": 5, "finished": 3},
            ended="",
            progress={"done": 41, "total": 100, "remaining": 190, "text": ""},
            tags=["digits", "forest"],
        ),
        row(
            11,
            "augmentation",
            "Do shifted digits help a linear model?",
            states={"running": 1},
            ended="",
            progress={"done": 12, "total": None, "remaining": None, "text": "epoch 12"},
        ),
    ],
    "waiting": [
        row(
            13,
            "learning-rate",
            "How far does the learning rate go before training diverges?",
            states={"waiting": 24},
            ended="",
        )
    ],
    "unconcluded": [
        row(
            9,
            "wider-forest",
            "Does a wider forest still help on the digits data?",
            hypothesis="Past 100 trees, accuracy gains less than half a point.",
            verdicts=["supported", "refuted"],
            tags=["digits", "forest"],
        ),
        row(
            10,
            "scaling",
            "Does scaling change anything for trees?",
            verdicts=["inconclusive"],
        ),
    ],
    "failed": [
        row(
            8,
            "noisy-labels",
            "How many wrong labels does the forest bear?",
            states={"failed": 2, "finished": 8},
            reason="ValueError: Found array with 0 samples while 1 is required.",
        )
    ],
    "today": [
        row(
            7,
            "baseline",
            "What does the simplest model reach?",
            hypothesis="Above 0.9.",
            conclusion="0.91 by logistic regression: all else has to beat that.",
            verdicts=["supported"],
            tags=["digits", "baseline"],
        )
    ],
}
OVERVIEW = {
    "labbook": "labbook",
    "counts": {"running": 3, "waiting": 29, "finished": 32, "failed": 2},
    "groups": GROUPS,
    "totals": {name: len(rows) for name, rows in GROUPS.items()} | {"unconcluded": 63},
    "tags": ["digits", "forest", "baseline"],
    "problems": [],
}


def item(which: str, text: str, **more: object) -> dict[str, Any]:
    details = {"expected": "", "setup": "", "impact": ""}
    given = {"id": text, "list": which, "text": text, "done": False}
    return {**given, "priority": "normal", **details, **more}


PLAN = {
    "version": "1",
    "path": "labbook/plan.md",
    "problem": "",
    "lists": [
        {
            "list": "experiment",
            "title": "Experiments",
            "items": [
                item("experiment", "Depth 4, 8 and 16 at 300 trees"),
                item("experiment", "Logistic regression", done=True),
            ],
        },
        {
            "list": "question",
            "title": "Questions",
            "items": [
                item(
                    "question",
                    "Past which width does accuracy gain less than half a point?",
                    expected="About 100 trees",
                    setup="Sweep trees by samples",
                    impact="Freeze the width",
                    priority="high",
                ),
                item("question", "What is 8 confused with?"),
            ],
        },
        {
            "list": "assumption",
            "title": "Assumptions to dispute",
            "items": [item("assumption", "Scaling does not matter", priority="low")],
        },
        {"list": "test", "title": "Code that wants unit tests", "items": []},
        {"list": "framing", "title": "Other ways to frame the problem", "items": []},
    ],
}


class Answers:
    """What the page asks for, and what it is told."""

    def __init__(self, page: Page) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.labbook = True
        self._events: list[tuple[str, dict[str, Any]]] = []
        page.route(re.compile(r"/jupyter-labbook/api/"), self._answer)

    def end(self, name: str) -> None:
        """Tell that the last run of an experiment has ended well."""
        told = {"experiment": f"0009-{name}", "name": name, "run": "015"}
        more = {"state": "finished", "verdicts": ["supported"], "last": True}
        self._events.append(("ended", {**told, **more, "reason": ""}))

    def _answer(self, route: Route) -> None:
        path = urlparse(route.request.url).path.split("/jupyter-labbook/api/")[1]
        if route.request.method == "POST":
            self.posted.append((path, route.request.post_data_json))
        if path == "stream":
            kind = {"content-type": "text/event-stream"}
            route.fulfill(headers=kind, body=self._stream())
            return
        answers: dict[str, Any] = {
            "overview": OVERVIEW,
            "plan": PLAN,
            "experiments": {
                "rows": [*GROUPS["unconcluded"], *GROUPS["today"], *GROUPS["failed"]],
                "total": 132,
                "cursor": "next",
            },
        }
        if path == "changes":
            events = [{"event": name, "data": data} for name, data in self._news()]
            hello = {"cursor": "1", "reset": False, "counts": OVERVIEW["counts"]}
            answers["changes"] = {**hello, "changes": events}
        if self.labbook:
            answers["labbook"] = {"labbook": "labbook"}
        elif path == "labbook":
            nothing = {"message": "There is none.", "reason": "no-labbook"}
            route.fulfill(status=404, json=nothing)
            return
        route.fulfill(json=answers.get(path, {"runs": [], "conclusion": ""}))

    def _stream(self) -> str:
        hello = {"cursor": "1", "reset": False, "counts": OVERVIEW["counts"]}
        events = [("hello", hello), *self._news()]
        return "".join(
            f"id: {number}\nevent: {name}\ndata: {json.dumps(data)}\n\n"
            for number, (name, data) in enumerate(events, start=1)
        )

    def _news(self) -> list[tuple[str, dict[str, Any]]]:
        """Take what has not been told yet."""
        events, self._events = self._events, []
        return events
