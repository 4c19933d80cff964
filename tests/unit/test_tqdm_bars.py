"""tqdm's bars feed the progress of a run: real bars, in real processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.run_script import execute

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from jupyter_labbook.runtime.layout import RunFolder

BEGIN = """
import json, os, sys
from pathlib import Path
from jupyter_labbook.runtime import progress as module
module._SECONDS_BETWEEN = 1e-9  # every report is written, so that each can be seen
module.feed_from_tqdm()
path = Path(os.environ["LABBOOK_RUN"], "progress.json")
def now():
    record = json.loads(path.read_text())
    return [record["done"], record["total"], record["text"]]
"""


def bars(run: RunFolder, source: str) -> subprocess.CompletedProcess[str]:
    return execute(BEGIN + source, run)


def last(run: RunFolder) -> list[Any]:
    record = json.loads(run.progress.read_text())
    return [record["done"], record["total"], record["text"]]


@pytest.mark.parametrize(
    "how",
    [
        "from tqdm import tqdm",
        "from tqdm.auto import tqdm",
        "from tqdm.std import tqdm",
        "from tqdm.asyncio import tqdm",
        "import tqdm as t; tqdm = t.tqdm",
    ],
)
def test_a_bar_of_any_kind_is_progress(run: RunFolder, how: str) -> None:
    bars(run, f"{how}\nfor i in tqdm(range(7), desc='training'): pass")
    assert last(run) == [7, 7, "training"]


def test_a_bar_imported_before_is_listened_to_as_well(run: RunFolder) -> None:
    execute("from tqdm import trange\n" + BEGIN + "for i in trange(5): pass", run)
    assert last(run)[:2] == [5, 5]


def test_a_bar_shows_from_its_beginning(run: RunFolder) -> None:
    bars(
        run,
        """
from tqdm import tqdm
bar = tqdm(total=40, mininterval=0, desc="steps: ")
assert now() == [0, 40, "steps"], now()
bar.update(15)
assert now() == [15, 40, "steps"], now()
bar.close()
""",
    )


def test_only_the_outermost_bar_counts(run: RunFolder) -> None:
    bars(
        run,
        """
from tqdm import tqdm
for epoch in tqdm(range(3), desc="epochs", mininterval=0):
    for batch in tqdm(range(50), desc="batches", leave=False, mininterval=0):
        assert now() == [epoch, 3, "epochs"], (epoch, now())
""",
    )
    assert last(run) == [3, 3, "epochs"]


def test_bars_after_one_another_each_count(run: RunFolder) -> None:
    bars(
        run,
        """
from tqdm import tqdm
for i in tqdm(range(4), desc="first"): pass
assert now() == [4, 4, "first"], now()
for i in tqdm(range(5), desc="second"):
    break
third = tqdm(total=2, desc="third", mininterval=0)
third.update(2)
fourth = tqdm(total=9, desc="fourth", mininterval=0)
fourth.update(1)
""",
    )
    assert last(run) == [1, 9, "fourth"]


def test_a_bar_without_a_total_is_progress_too(run: RunFolder) -> None:
    bars(run, "from tqdm import tqdm\nfor i in tqdm(iter(range(6))): pass")
    assert last(run) == [6, None, ""]


def test_what_the_run_says_itself_comes_first(run: RunFolder) -> None:
    bars(
        run,
        """
from tqdm import tqdm
from jupyter_labbook import progress
progress(1, 2, "fold")
for i in tqdm(range(100)): pass
""",
    )
    assert last(run) == [1, 2, "fold"]


def test_a_disabled_bar_says_nothing(run: RunFolder) -> None:
    bars(run, "from tqdm import tqdm\nfor i in tqdm(range(5), disable=True): pass")
    assert not run.progress.exists()


def test_a_forked_workers_bars_are_its_own_affair(run: RunFolder) -> None:
    bars(
        run,
        """
from tqdm import tqdm
for i in tqdm(range(2), desc="main"):
    if not os.fork():
        for j in tqdm(range(9), desc="worker"): pass
        os._exit(0)
    os.wait()
    assert now()[2] == "main", now()
""",
    )
    assert last(run) == [2, 2, "main"]


def test_bars_look_and_behave_as_always(run: RunFolder) -> None:
    source = """
import inspect
from tqdm import tqdm, trange
from tqdm.contrib.concurrent import thread_map
with tqdm(total=3, bar_format="{n_fmt}/{total_fmt}", mininterval=0) as bar:
    print(bar.update(2), bar.n, bar.update.__name__, bar.update.__doc__ is not None)
print(list(tqdm("abc", bar_format="{n_fmt}")), thread_map(abs, [-1, 2]))
print(inspect.signature(tqdm), inspect.signature(tqdm.update), tqdm.__init__.__name__)
try:
    tqdm(range(3), nonsense=1)
except Exception as error:
    print(type(error).__name__, error)
try:
    for i in trange(3): raise KeyError(i)
except KeyError as error:
    print(repr(error))
"""
    plain, fed = execute(source, None), bars(run, source)
    assert fed.stdout == plain.stdout
    assert fed.stderr.splitlines()[0] == plain.stderr.splitlines()[0]


def test_a_bar_outlives_a_report_that_fails(run: RunFolder) -> None:
    done = bars(
        run,
        """
from tqdm import tqdm
module._reporter.report = None
print(sum(tqdm(range(5))))
""",
    )
    assert done.stdout.strip() == "10"


def test_tqdm_is_not_imported_for_it(run: RunFolder) -> None:
    bars(
        run,
        """
assert not [name for name in sys.modules if name.startswith("tqdm")]
assert sys.meta_path[0].__class__.__name__ == "_TqdmWatch"
import tqdm
assert sys.meta_path[0].__class__.__name__ != "_TqdmWatch"
assert tqdm.__spec__.loader.__class__.__name__ == "SourceFileLoader"
""",
    )


def test_a_missing_tqdm_is_missing_as_always(run: RunFolder) -> None:
    bars(
        run,
        """
sys.meta_path[1:] = [f for f in sys.meta_path[1:] if "PathFinder" not in repr(f)]
try:
    import tqdm.std
except ModuleNotFoundError:
    sys.exit()
raise SystemExit("it was found")
""",
    )


@pytest.mark.parametrize(
    "content", ["tqdm = None", "class tqdm: pass", "", "tqdm = len"]
)
def test_something_else_called_tqdm_is_imported_as_always(
    run: RunFolder, tmp_path: Path, content: str
) -> None:
    package = tmp_path / "other" / "tqdm"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "std.py").write_text(content + "\nhere = 1")
    done = bars(
        run,
        f"""
sys.path.insert(0, {str(package.parent)!r})
import tqdm.std
print(tqdm.std.here)
module.feed_from_tqdm()
""",
    )
    assert done.stdout.strip() == "1"


def test_listening_twice_is_listening_once(run: RunFolder) -> None:
    bars(
        run,
        """
import tqdm
update = tqdm.tqdm.update
module.feed_from_tqdm()
assert tqdm.tqdm.update is update
""",
    )
