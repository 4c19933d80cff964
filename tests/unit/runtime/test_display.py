"""`display` in a run, in processes of their own as a run is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from jupyter_labbook.runtime.layout import RUN_VARIABLE

ROOT = Path(__file__).parents[3]

THING = """
    class Thing:
        def __repr__(self): return "a thing"
        def _repr_html_(self): return "<b>thing</b>"
        def _repr_svg_(self): return "<svg/>"
        def _repr_png_(self): return b"PNG"
"""


def run(folder: Path | None, code: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Execute a script as a run would: the hook first, then the code."""
    script = (
        "from jupyter_labbook.runtime import display_hook\n"
        "display_hook.install()\n"
        "from jupyter_labbook.runtime.display import *\n"
        "from jupyter_labbook.runtime.display import display, show_result\n"
        + textwrap.dedent(THING)
        + textwrap.dedent(code)
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    environment.pop(RUN_VARIABLE, None)
    if folder is not None:
        environment[RUN_VARIABLE] = str(folder)
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )


def saved(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "figures").glob("*"))


def content(folder: Path, name: str) -> bytes:
    return (folder / "figures" / name).read_bytes()


def test_every_rich_form_is_saved_and_the_text_is_printed(tmp_path: Path) -> None:
    done = run(tmp_path, "display(Thing(), Thing())")
    assert done.stdout == "a thing\na thing\n"
    assert saved(tmp_path) == [
        f"{number}{suffix}"
        for number in ("001", "002")
        for suffix in (".html", ".png", ".svg")
    ]
    assert content(tmp_path, "001.html") == b"<b>thing</b>"
    assert content(tmp_path, "002.png") == b"PNG"


def test_plain_values_are_printed_and_leave_no_folder(tmp_path: Path) -> None:
    done = run(tmp_path, "display(1, 'two', None, [3.5], {'a': 1})")
    assert done.stdout == "1\n'two'\nNone\n[3.5]\n{'a': 1}\n"
    assert not (tmp_path / "figures").exists()


def test_none_as_a_result_shows_nothing(tmp_path: Path) -> None:
    done = run(tmp_path, "show_result(None)\nshow_result(7)\nshow_result(Thing())")
    assert done.stdout == "7\na thing\n"
    assert len(saved(tmp_path)) == 3


def test_outside_a_run_display_prints_and_writes_nothing(tmp_path: Path) -> None:
    done = run(None, f"import os; os.chdir({str(tmp_path)!r})\ndisplay(Thing(), 5)")
    assert done.stdout == "a thing\n5\n"
    assert list(tmp_path.iterdir()) == []


def test_the_same_display_id_replaces_the_files_and_drops_stale_forms(
    tmp_path: Path,
) -> None:
    code = """
    class Html:
        def __init__(self, text): self.text = text
        def _repr_html_(self): return self.text
    handle = display(Thing(), display_id=True)
    display(Html("other"))
    handle.update(Html("new"))
    assert display(Html("named"), display_id="place").display_id == "place"
    update_display(Html("again"), display_id="place")
    handle.display(Html("newest"))
    assert handle.display_id in repr(handle)
    """
    run(tmp_path, code)
    assert saved(tmp_path) == ["001.html", "002.html", "003.html"]
    assert content(tmp_path, "001.html") == b"newest"
    assert content(tmp_path, "003.html") == b"again"


def test_a_mime_bundle_is_saved_by_its_types(tmp_path: Path) -> None:
    code = """
    import base64
    display({
        "text/plain": "words",
        "image/png": base64.b64encode(b"PNG").decode(),
        "application/vnd.plotly.v1+json": {"data": [1]},
        "application/json": {"less": "telling"},
        "application/vnd.jupyter.widget-view+json": {"model_id": "gone"},
        "text/markdown": "# title",
    }, raw=True)
    """
    done = run(tmp_path, code)
    assert done.stdout == "words\n"
    assert saved(tmp_path) == ["001.json", "001.md", "001.png"]
    assert content(tmp_path, "001.png") == b"PNG"
    assert json.loads(content(tmp_path, "001.json")) == {"data": [1]}


def test_a_mimebundle_method_adds_to_the_other_forms(tmp_path: Path) -> None:
    code = """
    class Chart:
        def _repr_html_(self): return "from html"
        def _repr_mimebundle_(self, include=None, exclude=None):
            return {"text/html": "from bundle", "application/x+json": {"a": 1}}, {}
    display(Chart())
    """
    run(tmp_path, code)
    assert content(tmp_path, "001.html") == b"from bundle"
    assert json.loads(content(tmp_path, "001.json")) == {"a": 1}


def test_an_object_whose_forms_raise_does_not_end_the_run(tmp_path: Path) -> None:
    code = """
    class Broken:
        def __repr__(self): raise RuntimeError("no repr")
        def _repr_png_(self): raise ValueError("no picture")
        def _repr_html_(self): return "html"
    class Stubborn:
        def __repr__(self): return "stubborn"
        def _ipython_display_(self): raise ValueError("not now")
    display(Broken()); display(Stubborn()); print("end")
    """
    done = run(tmp_path, code)
    assert done.stdout.splitlines() == [
        "<Broken, whose repr raised RuntimeError>",
        "stubborn",
        "end",
    ]
    assert "Broken._repr_png_ raised ValueError: no picture" in done.stderr
    assert "Stubborn._ipython_display_ raised ValueError" in done.stderr
    assert saved(tmp_path) == ["001.html"]


def test_forms_that_are_not_what_they_say_are_left_out(tmp_path: Path) -> None:
    code = """
    class Odd:
        def __repr__(self): return "odd"
        def _repr_png_(self): return "é not base64"
        def _repr_json_(self): return {"set": {1}}
        def _repr_html_(self): return 5
        def _repr_latex_(self): return None
    display(Odd())
    display(Thing)  # the class itself is no thing
    """
    done = run(tmp_path, code)
    assert done.stdout.startswith("odd\n<class ")
    assert not (tmp_path / "figures").exists()


def test_ipythons_display_arrives_here(tmp_path: Path) -> None:
    code = """
    import sys
    assert "IPython" not in sys.modules
    from IPython.display import display as theirs, update_display, HTML, SVG
    from IPython.display import DisplayHandle, publish_display_data
    theirs(HTML("<i>one</i>"), display_id="x")
    update_display(HTML("<i>two</i>"), display_id="x")
    DisplayHandle("x").update(SVG("<svg xmlns='http://www.w3.org/2000/svg'/>"))
    publish_display_data({"text/html": "published"}, {}, transient={"display_id": "y"})
    import IPython.core.display_functions as module, inspect
    assert "def clear_output" in inspect.getsource(module)
    """
    run(tmp_path, code)
    assert saved(tmp_path) == ["001.svg", "002.html"]
    assert content(tmp_path, "002.html") == b"published"


def test_ipython_imported_before_the_hook_is_taken_over_too(tmp_path: Path) -> None:
    code = """
    import sys
    sys.meta_path.pop(0)
    import IPython.display
    display_hook.install()
    display_hook.install()
    IPython.display.display(IPython.display.HTML("late"))
    """
    run(tmp_path, code)
    assert content(tmp_path, "001.html") == b"late"


def test_the_hook_imports_nothing(tmp_path: Path) -> None:
    code = "import sys; from jupyter_labbook.runtime import display_hook as h;"
    code += "before = set(sys.modules); h.install(); h.install();"
    code += "assert set(sys.modules) == before, set(sys.modules) - before;"
    code += "import json; assert len(sys.meta_path) == len(set(map(id, sys.meta_path)))"
    code += ";assert sum('Display' in type(f).__name__ for f in sys.meta_path) == 1"
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        timeout=60,
    )


def test_objects_of_pandas_and_pillow_are_saved_in_their_own_forms(
    tmp_path: Path,
) -> None:
    code = """
    import pandas, PIL.Image
    display(pandas.DataFrame({"a": [1, 2]}))
    display(PIL.Image.new("RGB", (4, 4)))
    """
    done = run(tmp_path, code)
    assert "   a\n0  1\n1  2\n" in done.stdout
    assert "001.html" in saved(tmp_path)
    assert content(tmp_path, "002.png").startswith(b"\x89PNG")


def test_processes_of_one_run_never_take_the_same_number(tmp_path: Path) -> None:
    code = """
    import multiprocessing
    class Html:
        def __init__(self, text): self.text = text
        def _repr_html_(self): return self.text
    def draw(worker):
        for index in range(10):
            display(Html(f"{worker}-{index}"))
    workers = [
        multiprocessing.get_context("fork").Process(target=draw, args=(n,))
        for n in range(4)
    ]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
    """
    run(tmp_path, code)
    names = saved(tmp_path)
    assert names == [f"{number:03d}.html" for number in range(1, 41)]
    texts = {content(tmp_path, name).decode() for name in names}
    assert texts == {f"{w}-{i}" for w in range(4) for i in range(10)}


@pytest.mark.parametrize("closed", ["out", "err"])
def test_a_closed_stream_does_not_stop_the_saving(tmp_path: Path, closed: str) -> None:
    code = f"""
    import sys
    class Broken:
        def _repr_png_(self): raise ValueError
        def _repr_html_(self): return "html"
    sys.std{closed} = None
    display(Broken())
    """
    run(tmp_path, code)
    assert saved(tmp_path) == ["001.html"]
