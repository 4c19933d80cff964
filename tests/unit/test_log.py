from __future__ import annotations

import csv
import math
import os
import threading
import time
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_labbook.errors import MetricError
from jupyter_labbook.runtime.layout import RunFolder
from jupyter_labbook.runtime.metric_files import encoded, file_name, parse_name, quoted
from jupyter_labbook.runtime.metric_log import MetricLog
from jupyter_labbook.storage.metric_lines import parse_header
from jupyter_labbook.storage.metrics import read
from tests.run_script import UNMEASURED, execute

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.delenv("LABBOOK_METRICS_OWNER", raising=False)
    return RunFolder(tmp_path)


def write(run: RunFolder, *calls: tuple[dict[str, Any], Any]) -> None:
    log = MetricLog(run)
    for metrics, step in calls:
        log.log(metrics, step)
    log.close()
    os.environ.pop("LABBOOK_METRICS_OWNER", None)


def table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", errors="surrogatepass", newline="") as lines:
        return list(csv.reader(lines))


def names(run: RunFolder) -> list[str]:
    return [path.name for path in run.metric_files()]


# -- one file -------------------------------------------------------------------


def test_a_call_is_a_row_with_number_time_step_and_metrics(run: RunFolder) -> None:
    write(run, ({"loss": 0.5, "n": 3}, 10), ({"loss": 0.25, "n": 4}, 20))
    header, first, second = table(run.metrics)
    assert header == ["_row", "_time", "step", "loss", "n"]
    assert (first[0], *first[2:]) == ("0", "10", "0.5", "3")
    assert (second[0], *second[2:]) == ("1", "20", "0.25", "4")
    assert len(first[1].split(".")[1]) == 6


def test_the_time_is_unix_time_in_microseconds(run: RunFolder) -> None:
    before = time.time()
    write(run, ({"loss": 1}, None))
    assert before - 1e-6 <= read(run).times[0] <= time.time() + 1e-6


def test_both_forms_and_both_together_are_one_row_each(run: RunFolder) -> None:
    execute(
        """
        from jupyter_labbook import log
        log(step=1, loss=0.5, accuracy=0.75)
        log({"loss": 0.25, "accuracy": 0.5}, step=2)
        log({"loss": 0.125}, step=3, accuracy=1)
        """,
        run,
    )
    assert names(run) == ["metrics.csv"]
    columns = read(run).columns()
    assert columns["loss"] == [0.5, 0.25, 0.125]
    assert columns["accuracy"] == [0.75, 0.5, 1]
    assert columns["step"] == [1, 2, 3]


def test_a_metric_may_be_called_values(run: RunFolder) -> None:
    execute("from jupyter_labbook import log; log(values=1.5)", run)
    assert read(run).values("values") == [1.5]


@pytest.mark.parametrize("call", ["log()", "log({})", "log(step=3)", "log({}, step=3)"])
def test_an_empty_call_leaves_no_row_and_no_file(run: RunFolder, call: str) -> None:
    execute(f"from jupyter_labbook import log; {call}", run)
    assert names(run) == []


def test_columns_may_come_in_any_order(run: RunFolder) -> None:
    write(run, ({"a": 1, "b": 2}, None), ({"b": 20, "a": 10}, None))
    assert names(run) == ["metrics.csv"]
    assert read(run).columns()["a"] == [1, 10]


def test_nan_and_infinities_are_kept(run: RunFolder) -> None:
    write(*[run], *[({"x": x}, None) for x in (math.nan, math.inf, -math.inf, -0.0)])
    nan, *others = read(run).values("x")
    assert math.isnan(nan)
    assert others == [math.inf, -math.inf, 0.0]
    assert [row[2] for row in table(run.metrics)[1:]] == ["nan", "inf", "-inf", "-0.0"]


def test_a_step_may_be_an_array_scalar_a_float_or_go_back(run: RunFolder) -> None:
    write(run, *[({"x": 1}, step) for step in (np.int64(3), 2.5, 1, True)])
    assert read(run).columns()["step"] == [3, 2.5, 1, 1]


@pytest.mark.parametrize("step", ["1", [1], np.arange(2)])
def test_a_step_that_is_no_number_is_an_error(run: RunFolder, step: object) -> None:
    with pytest.raises(TypeError, match="'step' is"):
        MetricLog(run).log({"loss": 1}, step)
    assert names(run) == []


def test_nothing_is_logged_of_a_call_with_one_bad_value(run: RunFolder) -> None:
    log = MetricLog(run)
    log.log({"a": 1, "b": 2}, None)
    before = run.metrics.read_bytes()
    with pytest.raises(TypeError, match="'b' is None"):
        log.log({"a": 1, "b": None}, None)
    with pytest.raises(MetricError, match="'_row'"):
        log.log({"a": 1, "_row": 2}, None)
    assert run.metrics.read_bytes() == before
    log.log({"a": 3, "b": 4}, None)
    log.close()
    assert read(run).columns()["_row"] == [0, 1]


# -- several files --------------------------------------------------------------


def test_a_new_name_opens_a_file_with_the_wider_header(run: RunFolder) -> None:
    write(run, ({"loss": 1}, 0), ({"val": 2}, 0), ({"loss": 3}, 1), ({"val": 4}, 1))
    assert names(run) == ["metrics.2.csv", "metrics.csv"]
    assert [row[0] for row in table(run.metrics)] == ["_row", "0", "2"]
    wide = table(run.path / "metrics.2.csv")
    assert wide[0] == ["_row", "_time", "step", "loss", "val"]
    assert [[row[0], *row[2:]] for row in wide[1:]] == [
        ["1", "0", "", "2"],
        ["3", "1", "", "4"],
    ]


def test_a_first_step_opens_a_file_where_it_comes_first(run: RunFolder) -> None:
    write(run, ({"loss": 1}, None), ({"loss": 2}, 7), ({"loss": 3}, None))
    assert table(run.path / "metrics.2.csv")[0] == ["_row", "_time", "step", "loss"]
    assert read(run).columns() == {
        "_row": [0, 1, 2],
        "_time": read(run).times.tolist(),
        "step": [None, 7, None],
        "loss": [1, 2, 3],
    }


def test_a_call_goes_to_the_file_with_the_fewest_columns_that_has_its_names(
    run: RunFolder,
) -> None:
    write(
        run,
        ({"a": 1}, None),
        ({"b": 2}, None),
        ({"c": 3}, None),
        ({"b": 4}, None),
        ({"a": 5}, None),
        ({"c": 6, "a": 7}, None),
    )
    rows = {path.name: table(path)[1:] for path in run.metric_files()}
    assert [row[0] for row in rows["metrics.csv"]] == ["0", "4"]
    assert [row[0] for row in rows["metrics.2.csv"]] == ["1", "3"]
    assert [row[0] for row in rows["metrics.3.csv"]] == ["2", "5"]


def test_past_16_files_there_is_one_with_a_line_a_value(run: RunFolder) -> None:
    calls = [({f"m{i}": i, 'the "a", of\nb': -i}, i) for i in range(40)]
    write(run, *calls, ({"m3": 100}, None))
    assert len(names(run)) == 17
    header, *lines = table(run.path / "metrics.long.csv")
    assert header == ["_row", "_time", "step", "name", "value"]
    assert len(lines) == 2 * 24
    assert lines[1][3] == 'the "a", of\nb'
    metrics = read(run)
    assert metrics.problems == ()
    assert metrics.values('the "a", of\nb') == [-i for i in range(40)]
    assert metrics.columns()["m30"][30] == 30
    assert metrics.columns()["step"] == [*range(40), None]
    assert metrics.columns()["m3"][-1] == 100
    assert len(metrics) == 41


def test_many_kinds_of_calls_do_not_make_it_forget_a_row(run: RunFolder) -> None:
    many = {f"m{i}": i for i in range(12)}
    log = MetricLog(run)
    log.log(many, None)
    for i in range(1, 1 << 11):
        log.log({name: i for name in many if i >> many[name] & 1}, None)
    log.close()
    assert names(run) == ["metrics.csv"]
    assert len(read(run)) == 1 << 11


def test_pandas_reads_a_file_as_it_is(run: RunFolder) -> None:
    write(
        run, ({'a,"b"\nc': 0.1, "損失": math.nan}, 3), ({'a,"b"\nc': 2, "損失": 1}, 4)
    )
    frame = pd.read_csv(run.metrics)
    assert list(frame) == ["_row", "_time", "step", 'a,"b"\nc', "損失"]
    assert frame['a,"b"\nc'].tolist() == [0.1, 2]


# -- whatever the names and numbers ---------------------------------------------

NAMES = st.text(min_size=0, max_size=20) | st.text('",\r\n\0 \udc80a', max_size=6)
RESERVED = {"_row", "_time", "step"}


@given(
    st.lists(
        st.dictionaries(
            NAMES.filter(lambda name: name not in RESERVED),
            st.floats() | st.integers(-(10**30), 10**30) | st.booleans(),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=25,
    )
)
def test_every_name_and_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, calls: list[dict[str, Any]]
) -> None:
    run = RunFolder(tmp_path_factory.mktemp("run"))
    write(run, *((call, None) for call in calls))
    metrics = read(run)
    assert metrics.problems == ()
    columns = metrics.columns()
    for i, call in enumerate(calls):
        back = {
            name: column[i]
            for name, column in columns.items()
            if name not in RESERVED and column[i] is not None
        }
        expected = {name: float(value) for name, value in call.items()}
        np.testing.assert_equal(back, expected)


@given(st.lists(NAMES, min_size=1, unique=True))
def test_a_header_comes_back_whatever_is_in_it(metrics: list[str]) -> None:
    header = ["_row", "_time", *(name for name in metrics if name not in RESERVED), "z"]
    header = list(dict.fromkeys(header))
    line = encoded(",".join(map(quoted, header)) + "\n")
    assert parse_header(line) == header


@pytest.mark.parametrize(
    ("process", "part", "name"),
    [
        ("", "", "metrics.csv"),
        ("", "2", "metrics.2.csv"),
        ("", "long", "metrics.long.csv"),
        ("p12", "", "metrics.p12.csv"),
        ("p12-3", "16", "metrics.p12-3.16.csv"),
    ],
)
def test_file_names_tell_process_and_part(process: str, part: str, name: str) -> None:
    assert file_name(process, part) == name
    assert parse_name(name) == (process, part)


@pytest.mark.parametrize("name", ["metrics-old.csv", "metrics.csv.gz", "metrics.x.csv"])
def test_other_files_hold_no_metrics(name: str) -> None:
    assert parse_name(name) is None


# -- several threads and processes ----------------------------------------------


def test_threads_share_the_files_and_no_row_is_torn(run: RunFolder) -> None:
    log = MetricLog(run)

    def work(worker: int) -> None:
        for i in range(300):
            log.log({f"w{worker}": i, "all": worker}, i)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    metrics = read(run)
    assert metrics.problems == ()
    assert metrics.columns()["_row"] == list(range(1800))
    for worker in range(6):
        assert metrics.values(f"w{worker}") == list(range(300))


def test_the_first_call_may_come_from_many_threads_at_once(run: RunFolder) -> None:
    execute(
        """
        import threading
        from jupyter_labbook import log
        gate = threading.Barrier(8)
        def work(i):
            gate.wait()
            log(x=i)
        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        """,
        run,
    )
    assert names(run) == ["metrics.csv"]
    assert sorted(read(run).values("x")) == list(range(8))


def test_a_signal_handler_may_log_while_a_row_is_being_written(run: RunFolder) -> None:
    execute(
        """
        import signal
        from jupyter_labbook import log
        signal.signal(signal.SIGALRM, lambda *_: log(alarm=1))
        signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
        for i in range(20000):
            log(loss=i)
        signal.setitimer(signal.ITIMER_REAL, 0)
        log(alarm=1)
        """,
        run,
    )
    metrics = read(run)
    assert metrics.problems == ()
    assert metrics.values("loss") == list(range(20000))
    assert sum(metrics.values("alarm")) > 1
    assert metrics.columns()["_row"] == list(range(len(metrics)))


def test_what_a_signal_handler_logs_while_a_file_is_opened_is_kept(
    run: RunFolder,
) -> None:
    execute(
        """
        import signal, sys
        from jupyter_labbook import log
        from jupyter_labbook.runtime.metric_files import MetricFile
        create = MetricFile.create
        def interrupted(path, columns):
            signal.raise_signal(signal.SIGUSR1)
            return create(path, columns)
        def handle(*_):
            log(alarm=1)
            if len(last): sys.exit()
        MetricFile.create = interrupted
        signal.signal(signal.SIGUSR1, handle)
        last = []
        log(loss=1)
        log(val=2)
        last.append("the handler ends the program this time")
        log(never=3)
        """,
        run,
    )
    metrics = read(run)
    assert metrics.problems == ()
    assert metrics.values("loss") == [1]
    assert metrics.values("val") == [2]
    assert sum(metrics.values("alarm")) >= 3
    assert "never" not in metrics.names
    assert {parse_name(name)[0] for name in names(run)} == {""}


def test_a_forked_child_writes_a_file_of_its_own(run: RunFolder) -> None:
    done = execute(
        """
        import os
        from jupyter_labbook import log
        log(loss=1)
        pids = []
        for worker in range(3):
            pid = os.fork()
            if not pid:
                for i in range(50):
                    log(step=i, loss=worker, extra=worker)
                log(other=1)
                os._exit(0)
            pids.append(pid)
        for i in range(50):
            log(loss=2)
        for pid in pids: os.waitpid(pid, 0)
        print(*pids)
        """,
        run,
    )
    pids = done.stdout.split()
    expected = {"metrics.csv"}
    expected |= {f"metrics.p{pid}.csv" for pid in pids}
    expected |= {f"metrics.p{pid}.2.csv" for pid in pids}
    assert set(names(run)) == expected
    metrics = read(run)
    assert metrics.problems == ()
    assert len(metrics) == 51 + 3 * 51
    assert Counter(metrics.values("extra")) == {0: 50, 1: 50, 2: 50}


def test_a_child_that_logs_first_leaves_the_first_file_to_its_parent(
    run: RunFolder,
) -> None:
    execute(
        """
        import os
        from jupyter_labbook import log
        if not os.fork():
            log(child=1)
            os._exit(0)
        os.wait()
        log(parent=1)
        """,
        run,
    )
    assert table(run.metrics)[0] == ["_row", "_time", "parent"]
    assert len(names(run)) == 2


def test_a_fork_while_other_threads_log_neither_hangs_nor_mixes(run: RunFolder) -> None:
    execute(
        """
        import os, threading
        from jupyter_labbook import log
        done = threading.Event()
        def work():
            i = 0
            while not done.is_set():
                log(step=i, busy=i)
                i += 1
        thread = threading.Thread(target=work)
        thread.start()
        for worker in range(20):
            if not os.fork():
                log(child=worker)
                os._exit(0)
            os.wait()
        done.set()
        thread.join()
        """,
        run,
        **UNMEASURED,
    )
    metrics = read(run)
    assert metrics.problems == ()
    assert metrics.values("child") == list(range(20))
    busy = metrics.values("busy")
    assert busy == list(range(len(busy)))


def test_spawned_workers_write_files_of_their_own(run: RunFolder) -> None:
    source = """
    import subprocess, sys
    from jupyter_labbook import log
    log(main=1)
    child = "from jupyter_labbook import log\\nfor i in range(9): log(worker=i)"
    workers = [subprocess.Popen([sys.executable, "-c", child]) for _ in range(3)]
    for worker in workers: assert worker.wait() == 0
    log(main=2)
    """
    execute(source, run)
    assert len(names(run)) == 4
    metrics = read(run)
    assert metrics.values("main") == [1, 2]
    assert Counter(metrics.values("worker")) == dict.fromkeys(range(9), 3)


def test_a_taken_name_gets_a_suffix(run: RunFolder) -> None:
    own = f"p{os.getpid()}"
    (run.path / f"metrics.{own}.csv").write_text("someone else's")
    log = MetricLog(run, forked=True)
    log.log({"a": 1}, None)
    log.log({"b": 1}, None)
    log.close()
    assert f"metrics.{own}-2.csv" in names(run)
    assert f"metrics.{own}-2.2.csv" in names(run)


def test_only_rank_0_of_a_distributed_run_logs(run: RunFolder) -> None:
    source = "from jupyter_labbook import log; log(loss=1); log(wrong=None)"
    execute(source, run, RANK="1", WORLD_SIZE="2")
    assert names(run) == []
    execute("from jupyter_labbook import log; log(loss=1)", run, RANK="0")
    assert names(run) == ["metrics.csv"]


def test_a_program_that_executes_itself_anew_goes_on_in_its_files(
    run: RunFolder,
) -> None:
    script = run.path / "train.py"
    script.write_text(
        """
import os, sys
from pathlib import Path
from jupyter_labbook import log
begin = int(sys.argv[1])
for i in range(begin, begin + 20):
    log({"loss": i, f"name\\n{i}": i}, step=i)
if begin == 0:
    for path in Path(os.environ["LABBOOK_RUN"]).glob("metrics*.csv"):
        with path.open("a") as torn:
            torn.write("999,17")
    os.execv(sys.executable, [sys.executable, __file__, "20"])
"""
    )
    execute(
        f"import runpy, sys; sys.argv[1:] = ['0']; runpy.run_path({str(script)!r})", run
    )
    metrics = read(run)
    assert len(names(run)) == 17
    assert metrics.problems == ()
    assert metrics.values("loss") == list(range(40))
    assert metrics.columns()["_row"] == list(range(40))
    assert metrics.values("name\n39") == [39]


def test_importing_log_brings_nothing_that_takes_long_to_import() -> None:
    execute(
        """
        import sys
        before = set(sys.modules)
        from jupyter_labbook import log
        heavy = {"typing", "csv", "json", "dataclasses", "inspect", "numpy", "logging"}
        found = heavy & (set(sys.modules) - before)
        assert not found, found
        """,
        None,
    )


# -- outside a run --------------------------------------------------------------


def test_outside_a_run_a_compact_line_is_printed() -> None:
    done = execute(
        """
        from jupyter_labbook import log
        log(step=10, loss=0.123, accuracy=0.91)
        log({"n": 12345678, "x": float("nan")})
        """,
        None,
    )
    assert done.stdout.splitlines() == [
        "step 10  loss=0.123  accuracy=0.91",
        "n=12345678  x=nan",
    ]


def test_outside_a_run_the_same_calls_are_errors() -> None:
    execute(
        """
        from jupyter_labbook import log
        for bad in (dict(a=None), dict(_row=1), {"step": 1}, {1: 2}):
            try:
                log(bad)
            except TypeError:
                continue
            raise SystemExit(f"{bad} passed")
        """,
        None,
    )


def test_the_rows_of_a_process_are_in_the_order_of_its_calls(run: RunFolder) -> None:
    write(run, *[({f"m{i % 3}": i}, None) for i in range(30)])
    times = read(run).times
    assert all(a <= b for a, b in pairwise(times))
