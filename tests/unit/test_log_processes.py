"""Threads, processes and signal handlers that log lose no row."""

from __future__ import annotations

import os
import threading
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from jupyter_labbook.runtime.metric_files import parse_name
from jupyter_labbook.runtime.metric_log import MetricLog
from jupyter_labbook.storage.metrics import read
from tests.run_script import UNMEASURED, execute
from tests.unit.metric_rows import names, table, write

if TYPE_CHECKING:
    from jupyter_labbook.runtime.layout import RunFolder


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


def test_the_rows_of_a_process_are_in_the_order_of_its_calls(run: RunFolder) -> None:
    write(run, *[({f"m{i % 3}": i}, None) for i in range(30)])
    times = read(run).times
    assert all(a <= b for a, b in pairwise(times))
