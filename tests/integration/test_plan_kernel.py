"""The plan's widget in a real kernel, spoken to as a page does."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jupyter_client.manager import KernelManager

from jupyter_labbook.model.plan import PlanItem, PlanList
from jupyter_labbook.storage.plan import PlanFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jupyter_client.blocking.client import BlockingKernelClient

ROOT = Path(__file__).parents[2]
SECONDS = 60

OPEN = """
from pathlib import Path
from jupyter_labbook.notebook import plan_widget
plan_widget.MODULE = Path({module!r})
plan = plan_widget.show_plan(Path({labbook!r}))
plan
"""


class Page:
    """A page with one plan in it, on the other end of a kernel's channels."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.state: dict[str, Any] = {}
        self.replies: dict[str, dict[str, Any]] = {}
        self.output: dict[str, Any] = {}
        self.noise: list[str] = []
        self.comm = ""

    def run(self, code: str) -> str:
        """Send a cell; give back the id of its request."""
        return self.client.execute(code)

    def send(self, **content: object) -> None:
        """Send a custom message of the widget."""
        data = {"method": "custom", "content": content}
        message = {"comm_id": self.comm, "data": data}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", message))

    def ask(self, **content: object) -> dict[str, Any]:
        """Send a message and wait for the reply to it."""
        self.send(**content)
        self.wait(lambda: content["id"] in self.replies)
        return self.replies.pop(str(content["id"]))

    def wait(self, condition: Callable[[], object]) -> None:
        """Take messages from the kernel until a condition holds."""
        while not condition():
            try:
                message = self.client.get_iopub_msg(timeout=SECONDS)
            except queue.Empty:
                pytest.fail(f"the kernel fell silent: {self.noise}")
            self._take(message["header"]["msg_type"], message["content"])

    def texts(self, which: PlanList) -> list[str]:
        """Texts of one list, as the page shows them."""
        lists = {one["list"]: one["items"] for one in self.state["lists"]}
        return [item["text"] for item in lists[which.value]]

    def _take(self, kind: str, content: dict[str, Any]) -> None:
        data = content.get("data", {})
        if kind == "comm_open" and "lists" in data.get("state", {}):
            self.comm, self.state = content["comm_id"], dict(data["state"])
        elif kind == "comm_msg" and content["comm_id"] == self.comm:
            if data["method"] == "update":
                self.state.update(data["state"])
            elif data["method"] == "custom":
                self.replies[data["content"]["id"]] = {
                    **data["content"],
                    "shown": self.state["lists"],
                }
        elif kind == "execute_result":
            self.output = data
        elif kind in ("stream", "error"):
            self.noise.append(content.get("text") or "\n".join(content["traceback"]))


@pytest.fixture
def labbook(tmp_path: Path) -> Path:
    folder = tmp_path / "labbook"
    folder.mkdir()
    return folder


@pytest.fixture
def front(labbook: Path, tmp_path: Path) -> Iterator[Page]:
    module = tmp_path / "plan.js"
    module.write_text("export default { render() {} };\n")
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(ROOT))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        page = Page(client)
        page.run(OPEN.format(module=str(module), labbook=str(labbook)))
        page.wait(lambda: page.output and page.comm)
        yield page
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_a_page_and_the_file_hold_the_same_plan(front: Page, labbook: Path) -> None:
    assert set(front.output) == {
        "text/plain",
        "application/vnd.jupyter-labbook.plan+json",
        "application/vnd.jupyter.widget-view+json",
    }
    assert "labbook plan add question" in front.output["text/plain"]
    front.wait(lambda: front.state["live"])

    reply = front.ask(id="a", op="add", list="question", text="Does depth matter?")
    assert reply["ok"]
    assert reply["shown"] == front.state["lists"]
    assert front.texts(PlanList.QUESTION) == ["Does depth matter?"]
    [item] = PlanFile(labbook).load().items

    assert front.ask(id="b", op="tick", item=item.id, done=True)["ok"]
    assert "- [x] Does depth matter?" in (labbook / "plan.md").read_text()
    assert front.ask(id="b", op="tick", item=item.id, done=False)["ok"]
    assert PlanFile(labbook).load().items[0].done

    assert "nothing that can be done" in front.ask(id="c", op="burn")["error"]
    assert front.ask(id="d", op="delete", item=item.id)["ok"]
    assert front.texts(PlanList.QUESTION) == []
    assert front.ask(id="e", op="undo")["ok"]
    assert front.texts(PlanList.QUESTION) == ["Does depth matter?"]

    PlanFile(labbook).add(PlanItem(id="", list=PlanList.TEST, text="by terminal"))
    front.wait(lambda: front.texts(PlanList.TEST) == ["by terminal"])
    assert front.noise == []


def test_a_change_elsewhere_appears_while_a_cell_runs(
    front: Page, labbook: Path
) -> None:
    go_on = labbook / "go-on"
    front.output = {}
    front.run(
        f"import os, time\nwhile not os.path.exists({str(go_on)!r}): time.sleep(0.01)\n"
        "'cell ended'"
    )
    PlanFile(labbook).add(PlanItem(id="", list=PlanList.TEST, text="meanwhile"))
    front.wait(lambda: front.texts(PlanList.TEST) == ["meanwhile"])
    assert front.output == {}
    go_on.touch()
    front.wait(lambda: front.output)
    assert front.noise == []


def test_the_watching_thread_ends_with_the_widget(front: Page) -> None:
    front.output = {}
    front.run(
        "plan.close(); plan_widget._watch.join()\n"
        "import threading; [t.name for t in threading.enumerate()]"
    )
    front.wait(lambda: front.output)
    assert "labbook-plan" not in front.output["text/plain"]
    assert front.noise == []
