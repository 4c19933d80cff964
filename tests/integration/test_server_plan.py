"""The plan is read and changed through the server."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_labbook.actions.plan import add_item, edit_item, read_plan

if TYPE_CHECKING:
    from tests.serving import Shown


def change(op: str, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "op": op, **fields}


def items(plan: dict[str, Any], which: str = "test") -> list[dict[str, Any]]:
    return next(each["items"] for each in plan["lists"] if each["list"] == which)


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
