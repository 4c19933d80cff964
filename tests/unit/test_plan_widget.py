"""The plan's widget: messages, replies, and changes made elsewhere."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import comm
import pytest
from comm.base_comm import BaseComm

from jupyter_labbook.actions import plan_requests
from jupyter_labbook.errors import StorageError
from jupyter_labbook.model.plan import PlanItem, PlanList
from jupyter_labbook.notebook import plan_widget
from jupyter_labbook.notebook.plan_watch import PlanWatch
from jupyter_labbook.notebook.plan_widget import PlanWidget, show_plan
from jupyter_labbook.storage.plan import PlanFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Wire(BaseComm):
    """A channel to a page that keeps what it was sent."""

    def __init__(self, **kwargs: object) -> None:
        self.sent: list[dict[str, Any]] = []
        self.news = threading.Condition()
        super().__init__(**kwargs)

    def publish_msg(
        self,
        msg_type: str,
        data: dict[str, Any] | None = None,
        **_rest: object,
    ) -> None:
        with self.news:
            self.sent.append({"type": msg_type, **(data or {})})
            self.news.notify_all()

    def pushed(self) -> list[dict[str, Any]]:
        """What was sent after the opening, without what only echoes."""
        return [one for one in self.sent if one.get("method") in ("update", "custom")]


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> PlanWatch:
    watch = PlanWatch(seconds=0.01)
    monkeypatch.setattr(plan_widget, "_watch", watch)
    return watch


@pytest.fixture
def labbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watch: PlanWatch
) -> Iterator[Path]:
    module = tmp_path / "plan.js"
    module.write_text("export default { render() {} };\n")
    monkeypatch.setattr(plan_widget, "MODULE", module)
    monkeypatch.setattr(comm, "create_comm", Wire)
    folder = tmp_path / "labbook"
    folder.mkdir()
    yield folder
    for widget in list(plan_widget._open.values()):
        widget.close()
    # A test that failed may have left its widget open.
    plan_widget.PlanWidget.close_all()
    watch.join()


@pytest.fixture
def widget(labbook: Path) -> Iterator[PlanWidget]:
    with_file = PlanWidget(labbook)
    yield with_file
    with_file.close()


def ask(widget: PlanWidget, **content: object) -> dict[str, Any]:
    """Send a message as the page does, and give back the reply to it."""
    return deliver(widget, {"id": "1", **content})


def deliver(widget: PlanWidget, content: object) -> dict[str, Any]:
    widget.comm.sent.clear()
    data = {"method": "custom", "content": content}
    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})
    [reply] = [one for one in widget.comm.pushed() if one["method"] == "custom"]
    assert widget.comm.pushed()[-1] is reply
    return reply["content"]


def shown(widget: PlanWidget, which: PlanList) -> list[dict[str, Any]]:
    [one] = [one for one in widget.lists if one["list"] == which.value]
    return one["items"]


def test_all_five_lists_are_there_in_order_with_everything_that_an_item_has(
    labbook: Path,
) -> None:
    question = PlanItem(
        id="", list=PlanList.QUESTION, text="q?", expected="e", setup="s", impact="i"
    )
    item = PlanFile(labbook).add(question).item
    widget = PlanWidget(labbook)
    assert [(one["list"], one["title"]) for one in widget.lists] == [
        (which.value, which.title) for which in PlanList
    ]
    assert shown(widget, PlanList.QUESTION) == [
        {
            "id": item.id,
            "list": "question",
            "text": "q?",
            "done": False,
            "priority": "normal",
            "expected": "e",
            "setup": "s",
            "impact": "i",
        }
    ]
    assert widget.path == str(labbook / "plan.md")

    assert widget.problem == ""
    assert widget.live is True
    widget.close()


def test_the_path_is_spelt_as_seen_from_the_notebook(
    labbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(labbook.parent)
    widget = PlanWidget(labbook)
    assert widget.path == f"{labbook.name}/plan.md"
    widget.close()


def test_the_view_is_the_built_file(widget: PlanWidget) -> None:
    assert widget._esm == plan_widget.MODULE.read_text()


def test_a_view_that_was_not_built_says_how_to(
    labbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_widget, "MODULE", labbook / "missing.js")
    with pytest.raises(StorageError, match="npm run build:widget"):
        PlanWidget(labbook)


def test_every_operation_changes_the_file_and_then_answers(
    widget: PlanWidget, labbook: Path
) -> None:
    assert ask(widget, op="add", list="question", text="q?", priority="high") == {
        "id": "1",
        "ok": True,
    }
    updates = [one for one in widget.comm.pushed() if one["method"] == "update"]
    assert [list(one["state"]) for one in updates] == [["lists"]]
    [item] = shown(widget, PlanList.QUESTION)
    assert (item["text"], item["priority"]) == ("q?", "high")

    assert ask(widget, id="2", op="tick", item=item["id"], done=True)["ok"]
    assert ask(widget, id="3", op="priority", item=item["id"], priority="low")["ok"]
    fields = {"text": "Q?", "expected": "e", "setup": "s", "impact": "i"}
    assert ask(widget, id="4", op="edit", item=item["id"], fields=fields)["ok"]
    [item] = shown(widget, PlanList.QUESTION)
    assert item == {
        **fields,
        "id": item["id"],
        "list": "question",
        "done": True,
        "priority": "low",
    }
    assert "- [x] (low) Q?\n  - expected: e\n" in (labbook / "plan.md").read_text()

    assert ask(widget, id="5", op="delete", item=item["id"])["ok"]
    assert shown(widget, PlanList.QUESTION) == []
    assert ask(widget, id="6", op="undo")["ok"]
    assert shown(widget, PlanList.QUESTION) == [item]


def test_an_item_moves_within_its_list_and_to_another(
    widget: PlanWidget, labbook: Path
) -> None:
    for name in "abc":
        ask(widget, id=name, op="add", list="test", text=name)
    first, _, last = (one["id"] for one in shown(widget, PlanList.TEST))

    def texts(which: PlanList) -> str:
        return "".join(one["text"] for one in shown(widget, which))

    assert ask(widget, id="1", op="move", item=last, before=first)["ok"]
    assert texts(PlanList.TEST) == "cab"
    assert ask(widget, id="2", op="move", item=last)["ok"]
    assert ask(widget, id="2", op="move", item=last, before=first)["ok"]
    assert texts(PlanList.TEST) == "abc"
    assert ask(widget, id="3", op="move", item=first, list="question")["ok"]
    assert (texts(PlanList.TEST), texts(PlanList.QUESTION)) == ("bc", "a")
    assert "- [ ] b\n- [ ] c\n" in (labbook / "plan.md").read_text()


def test_a_request_that_is_sent_again_is_answered_and_not_done_again(
    widget: PlanWidget,
) -> None:
    for _ in range(2):
        reply = ask(widget, id="same", op="add", list="test", text="once")
        assert reply == {"id": "same", "ok": True}
    assert len(shown(widget, PlanList.TEST)) == 1
    assert ask(widget, id="other", op="add", list="test", text="once")["ok"]
    assert len(shown(widget, PlanList.TEST)) == 2


def test_a_request_that_failed_may_be_sent_again(
    widget: PlanWidget, labbook: Path
) -> None:
    (labbook / "plan.md").mkdir()
    assert "a folder" in ask(widget, op="add", list="test", text="t")["error"]
    (labbook / "plan.md").rmdir()
    assert ask(widget, op="add", list="test", text="t")["ok"]
    assert len(shown(widget, PlanList.TEST)) == 1


def test_only_the_latest_requests_are_remembered(
    widget: PlanWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_requests, "_REMEMBERED", 2)
    for name in "abca":
        ask(widget, id=name, op="add", list="test", text=name)
    assert [one["text"] for one in shown(widget, PlanList.TEST)] == list("abca")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("nonsense", "is a JSON object"),
        (None, "is a JSON object"),
        ({}, "needs 'id' as text"),
        ({"id": 3, "op": "undo"}, "needs 'id' as text"),
        ({"id": "1"}, "needs 'op' as text"),
        ({"id": "1", "op": ["add"]}, "needs 'op' as text"),
        ({"id": "1", "op": "burn"}, "add, edit, tick, priority, move, delete, undo"),
        ({"id": "1", "op": "add", "text": "x"}, "needs 'list' as text"),
        ({"id": "1", "op": "add", "list": "test"}, "needs 'text' as text"),
        ({"id": "1", "op": "add", "list": "test", "text": " "}, "needs a text"),
        ({"id": "1", "op": "add", "list": "idea", "text": "x"}, "five lists"),
        (
            {"id": "1", "op": "add", "list": "test", "text": "x", "setup": 3},
            "needs 'setup' as text",
        ),
        ({"id": "1", "op": "edit", "item": "x"}, "has fields"),
        ({"id": "1", "op": "edit", "item": "x", "fields": {"done": 1}}, "has fields"),
        (
            {"id": "1", "op": "edit", "item": "x", "fields": {"text": None}},
            "needs 'text' as text",
        ),
        ({"id": "1", "op": "tick", "item": "x", "done": "yes"}, "true or false"),
        ({"id": "1", "op": "tick", "done": True}, "needs 'item' as text"),
        ({"id": "1", "op": "priority", "item": "x", "priority": "?"}, "no priority"),
        ({"id": "1", "op": "move"}, "needs 'item' as text"),
        ({"id": "1", "op": "move", "item": "x"}, "There is no item 'x'"),
        ({"id": "1", "op": "move", "item": "x", "list": "idea"}, "five lists"),
        ({"id": "1", "op": "move", "item": "x", "before": 3}, "needs 'before'"),
        ({"id": "1", "op": "delete", "item": "x"}, "There is no item 'x'"),
        ({"id": "1", "op": "undo"}, "no deleted item"),
    ],
)
def test_a_message_that_makes_no_sense_is_answered(
    widget: PlanWidget, labbook: Path, content: object, sentence: str
) -> None:
    reply = deliver(widget, content)
    assert sentence in reply["error"]
    assert "ok" not in reply
    assert isinstance(reply["id"], str)
    assert not (labbook / "plan.md").exists()


def test_even_an_error_of_ours_is_an_answer(
    widget: PlanWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_item: object) -> None:
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(widget._file, "add", broken)
    reply = ask(widget, op="add", list="test", text="t")
    assert "ZeroDivisionError: surprise" in reply["error"]


def test_an_item_that_was_changed_elsewhere_is_named(
    widget: PlanWidget, labbook: Path
) -> None:
    ask(widget, op="add", list="test", text="loader")
    item = shown(widget, PlanList.TEST)[0]["id"]
    PlanFile(labbook).edit(item, text="reader")
    reply = ask(widget, id="2", op="tick", item=item, done=True)
    assert "“loader” was changed or removed meanwhile" in reply["error"]
    assert [one["text"] for one in shown(widget, PlanList.TEST)] == ["reader"]


def test_undo_brings_back_what_was_deleted_here_first(
    widget: PlanWidget, labbook: Path
) -> None:
    for name in ("here", "there"):
        ask(widget, id=name, op="add", list="test", text=name)
    here, there = (one["id"] for one in shown(widget, PlanList.TEST))
    ask(widget, id="2", op="delete", item=here)
    PlanFile(labbook).delete(there)
    for number, expected in enumerate((["here"], ["here", "there"])):
        assert ask(widget, id=f"undo {number}", op="undo")["ok"]
        texts = sorted(one["text"] for one in shown(widget, PlanList.TEST))
        assert texts == expected


def test_undo_passes_over_what_was_put_back_elsewhere(
    widget: PlanWidget, labbook: Path
) -> None:
    ask(widget, op="add", list="test", text="t")
    ask(widget, id="2", op="delete", item=shown(widget, PlanList.TEST)[0]["id"])
    PlanFile(labbook).undo()
    assert "no deleted item" in ask(widget, id="3", op="undo")["error"]
    assert len(shown(widget, PlanList.TEST)) == 1


def test_a_change_elsewhere_appears_and_nothing_is_sent_without_one(
    widget: PlanWidget, labbook: Path
) -> None:
    widget.comm.sent.clear()
    item = PlanItem(id="", list=PlanList.TEST, text="from a terminal")
    PlanFile(labbook).add(item)
    with widget.comm.news:
        assert widget.comm.news.wait_for(widget.comm.pushed, timeout=60)
    assert [one["text"] for one in shown(widget, PlanList.TEST)] == ["from a terminal"]
    widget.comm.sent.clear()
    (labbook / "plan.md").touch()
    widget.look()
    widget.look()
    assert widget.comm.pushed() == []


def test_a_file_that_becomes_unreadable_leaves_the_lists_in_view(
    widget: PlanWidget, labbook: Path
) -> None:
    ask(widget, op="add", list="test", text="t")
    text = (labbook / "plan.md").read_bytes()
    # By one rename: the watching thread must not meet a file cut to nothing.
    aside = labbook / "aside"
    aside.write_bytes(b"\xff" + text)
    aside.replace(labbook / "plan.md")
    widget.look()
    assert "not UTF-8" in widget.problem
    assert len(shown(widget, PlanList.TEST)) == 1
    assert "not UTF-8" in ask(widget, id="2", op="add", list="test", text="u")["error"]
    (labbook / "plan.md").write_bytes(text)
    widget.look()
    assert widget.problem == ""


def test_one_widget_for_a_labbook_until_it_is_closed(
    labbook: Path, watch: PlanWatch
) -> None:
    first = show_plan(labbook)
    assert show_plan(labbook / "." / ".." / "labbook") is first
    first.close()
    assert first.live is False
    assert show_plan(labbook) is not first
    assert watch.running


def test_the_last_close_ends_the_thread(labbook: Path, watch: PlanWatch) -> None:
    widgets = [PlanWidget(labbook) for _ in range(2)]
    widgets[0].close()
    assert watch.running
    widgets[1].close()
    watch.join()
    assert not watch.running
    PlanWidget(labbook).close()
    watch.join()
    assert not [one for one in threading.enumerate() if one.name == "labbook-plan"]


def test_closing_twice_does_no_harm(widget: PlanWidget, watch: PlanWatch) -> None:
    widget.close()
    widget.close()
    assert widget.comm is None
    watch.join()
    assert not watch.running


def test_a_follower_that_fails_does_not_end_the_watch() -> None:
    watch, looked = PlanWatch(seconds=0.001), threading.Event()

    class Broken:
        def look(self) -> None:
            raise RuntimeError("no channel")

    class Sound:
        def look(self) -> None:
            looked.set()

    followers = (Broken(), Sound())
    for follower in followers:
        watch.follow(follower)
    assert looked.wait(60)
    looked.clear()
    assert looked.wait(60)
    for follower in followers:
        watch.leave(follower)
    watch.join()


def test_messages_on_several_threads_lose_nothing(widget: PlanWidget) -> None:
    def add(number: int) -> None:
        content = {"id": str(number), "op": "add", "list": "test", "text": f"t{number}"}
        data = {"method": "custom", "content": content}
        widget.comm.handle_msg({"content": {"data": data}, "buffers": []})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, range(20)))
    assert {one["text"] for one in shown(widget, PlanList.TEST)} == {
        f"t{number}" for number in range(20)
    }


def test_without_widgets_the_output_is_text_and_no_html(widget: PlanWidget) -> None:
    ask(widget, op="add", list="test", text="loader")
    bundle, _ = widget._repr_mimebundle_()
    assert set(bundle) == {
        "application/vnd.jupyter-labbook.plan+json",
        "application/vnd.jupyter.widget-view+json",
        "text/plain",
    }
    assert "[ ] loader" in bundle["text/plain"]
