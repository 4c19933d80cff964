"""Experiments as a person would meet them, to be rendered."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from jupyter_labbook.model.run import RunState
from jupyter_labbook.model.view import (
    ExperimentView,
    Outcome,
    Progress,
    RunView,
    Series,
    Threshold,
    Verdict,
)

TRACEBACK = (
    "loading digits\n epoch 1:  10%|#         | 1/10\r epoch 1:  40%|####      | 4/10\n"
    "\x1b[31mTraceback (most recent call last)\x1b[39m:\n"
    '  File \x1b[32m"script.py"\x1b[39m, line \x1b[36m12\x1b[39m, in <module>\n'
    "    loss.backward()\n"
    "\x1b[1;31mValueError\x1b[0m: shapes (64,10) and (32,10) do not match\n"
)


Line = tuple[list[float], list[float]]


def curve(seed: int, steps: int, *, level: float = 0.97, pace: float = 0.05) -> Line:
    noise = random.Random(seed)
    x = [float(step) for step in range(steps)]
    y = [level - 0.4 * math.exp(-pace * s) + noise.gauss(0, 0.004) for s in x]
    return x, y


def loss_curve(seed: int, steps: int, *, low: float = 0.05, pace: float = 0.05) -> Line:
    noise = random.Random(seed + 99)
    x = [float(step) for step in range(steps)]
    y = [low + 2.2 * math.exp(-pace * s) * (1 + noise.gauss(0, 0.05)) for s in x]
    return x, y


def single(steps: int = 120, state: RunState = RunState.FINISHED) -> ExperimentView:
    x, y = curve(1, steps)
    loss_x, loss_y = loss_curve(1, steps)
    run = RunView(
        id="r1",
        label="001",
        state=state,
        parameters={"lr": 0.01, "width": 64},
        series=[
            Series(metric="loss", x=loss_x, y=loss_y, x_name="step"),
            Series(metric="accuracy", x=x, y=y, x_name="step"),
        ],
        final={"loss": loss_y[-1], "accuracy": y[-1]},
        seconds=96.0,
        tail="epoch 119 done\nsaved model.pt\n",
    )
    return ExperimentView(
        name="small-net",
        number=3,
        path="/labbook/experiments/0003-small-net",
        question="Can a net with 64 hidden units read the digits?",
        hypothesis="64 units are enough for 96 % on the test set.",
        impact="If so, the larger nets of last week are put away.",
        verdicts=[
            Verdict(
                prediction="accuracy > 0.96",
                outcome=Outcome.SUPPORTED,
                observed="0.971",
                probability=0.8,
            )
        ],
        thresholds=[Threshold(metric="accuracy", value=0.96, label="> 0.96")],
        runs=[run],
    )


def running() -> ExperimentView:
    view = single(47, RunState.RUNNING)
    run = replace(
        view.runs[0],
        progress=Progress(done=47, total=120, remaining=140.0, text="epoch 47"),
        seconds=88.0,
        tail="epoch 45: loss 0.31\nepoch 46: loss 0.30\nepoch 47: loss 0.29\n",
    )
    pending = replace(
        view.verdicts[0],
        outcome=Outcome.PENDING,
        observed="0.931 so far",
        reason="The run has not ended.",
    )
    return replace(view, runs=[run], verdicts=[pending])


def forest(done: int = 15) -> ExperimentView:
    """A sweep of three widths with five seeds each; final accuracy only."""
    noise = random.Random(5)
    runs = []
    levels = {30: 0.951, 100: 0.966, 300: 0.968}
    for index in range(15):
        trees, seed = (30, 100, 300)[index // 5], index % 5
        ended = index < done
        runs.append(
            RunView(
                id=f"r{index}",
                label=f"{index + 1:03d}",
                state=RunState.FINISHED
                if ended
                else RunState.RUNNING
                if index < done + 2
                else RunState.WAITING,
                parameters={"trees": trees, "depth": 8},
                seed=seed,
                final={"accuracy": levels[trees] + noise.gauss(0, 0.003)}
                if ended
                else {},
                seconds=trees / 25 if ended else None,
                progress=Progress(done=3 + index, total=30, remaining=40.0 + index)
                if done <= index < done + 2
                else None,
            )
        )
    return ExperimentView(
        name="wider-forest",
        number=7,
        path="/labbook/experiments/0007-wider-forest",
        question="Does a wider forest still help on the digits data?",
        hypothesis="Past 100 trees, accuracy gains less than half a point.",
        impact="If so, freeze the width and look at depth next.",
        tags=["digits", "forest"],
        verdicts=[
            Verdict(
                prediction="accuracy[trees=300] - accuracy[trees=100] < 0.005",
                outcome=Outcome.SUPPORTED if done == 15 else Outcome.PENDING,
                observed="0.0017 ± 0.0021 (5 seeds)" if done == 15 else "",
                reason="" if done == 15 else "6 of 15 runs have ended.",
                probability=0.8,
                value=-0.0033,
                low=-0.0054,
                high=-0.0012,
            ),
            Verdict(
                prediction="accuracy[trees=30] > 0.96",
                outcome=Outcome.REFUTED if done == 15 else Outcome.PENDING,
                observed="0.951 ± 0.003 (5 seeds)" if done == 15 else "",
                probability=0.6,
            ),
        ],
        thresholds=[
            Threshold(metric="accuracy", value=0.96, label="> 0.96 (30 trees)")
        ],
        runs=runs,
        varied=["trees"],
    )


def curves(seeds: int = 4, steps: int = 200) -> ExperimentView:
    """A sweep over learning rates with full curves."""
    runs = []
    for lr, pace, level in (
        (0.001, 0.012, 0.93),
        (0.01, 0.05, 0.975),
        (0.1, 0.2, 0.94),
    ):
        for seed in range(seeds):
            length = steps if lr != 0.001 else steps - 13 * seed
            x, y = curve(seed, length, level=level + seed * 0.004, pace=pace)
            lx, ly = loss_curve(seed, length, low=1 - level, pace=pace)
            number = len(runs) + 1
            runs.append(
                RunView(
                    id=f"r{number}",
                    label=f"{number:03d}",
                    state=RunState.FINISHED,
                    parameters={"lr": lr},
                    seed=seed,
                    series=[
                        Series(metric="loss", x=lx, y=ly),
                        Series(metric="accuracy", x=x, y=y),
                    ],
                    final={"loss": ly[-1], "accuracy": y[-1]},
                    seconds=61.5,
                )
            )
    return ExperimentView(
        name="rate",
        number=9,
        path="/labbook/experiments/0009-rate",
        question="Which learning rate reads the digits best?",
        verdicts=[
            Verdict(
                prediction="best(accuracy) > 0.98",
                outcome=Outcome.INCONCLUSIVE,
                observed="0.979 ± 0.006 (4 seeds)",
                reason="The interval contains the threshold; about 12 seeds would do.",
            )
        ],
        thresholds=[Threshold(metric="accuracy", value=0.98, label="best > 0.98")],
        runs=runs,
        varied=["lr"],
    )


def failed() -> ExperimentView:
    view = single(20, RunState.FAILED)
    run = replace(
        view.runs[0],
        reason="ValueError: shapes (64,10) and (32,10) do not match",
        tail=TRACEBACK,
    )
    verdict = replace(
        view.verdicts[0],
        outcome=Outcome.INCONCLUSIVE,
        observed="",
        reason="The run failed before it was over.",
    )
    return replace(view, runs=[run], verdicts=[verdict])


def exploring() -> ExperimentView:
    return replace(
        single(),
        name="peek",
        question="",
        hypothesis="",
        impact="",
        why="See whether the loss moves at all before the long run.",
        verdicts=[],
        thresholds=[],
    )


def hundred() -> ExperimentView:
    """A random search with curves."""
    noise = random.Random(3)
    runs = []
    for index in range(100):
        lr, width = 10 ** noise.uniform(-4, -1), noise.choice([16, 32, 64, 128])
        x, y = curve(index, 500, level=0.9 + 0.02 * noise.random(), pace=lr * 3)
        runs.append(
            RunView(
                id=f"r{index}",
                label=f"{index + 1:03d}",
                state=RunState.FINISHED if index % 17 else RunState.FAILED,
                reason="" if index % 17 else "Out of memory.",
                parameters={"lr": float(f"{lr:.3g}"), "width": width},
                series=[
                    Series(metric=name, x=x, y=y)
                    for name in ("accuracy", "f1", "recall", "precision")
                ],
                final=dict.fromkeys(("accuracy", "f1", "recall", "precision"), y[-1]),
                seconds=30.0 + index,
            )
        )
    return ExperimentView(
        name="search",
        number=12,
        path="/labbook/experiments/0012-search",
        question="Where in the cube of rate and width is the best net?",
        runs=runs,
        varied=["lr", "width"],
    )


def categories() -> ExperimentView:
    """Final values of settings that have no order."""
    runs = [
        RunView(
            id=f"{model}{seed}",
            label=f"{3 * row + seed + 1:03d}",
            state=RunState.FINISHED,
            parameters={"model": model},
            seed=seed,
            final={"accuracy": level + seed / 200, "fit_seconds": cost + seed / 10},
            seconds=cost,
        )
        for row, (model, level, cost) in enumerate(
            (("forest", 0.96, 4.2), ("boosting", 0.965, 11.8), ("nearest", 0.981, 0.3))
        )
        for seed in range(3)
    ]
    return ExperimentView(
        name="models",
        number=4,
        path="/labbook/experiments/0004-models",
        question="Which classic model reads the digits best?",
        verdicts=[
            Verdict(
                prediction="accuracy[model=nearest] > 0.97",
                outcome=Outcome.SUPPORTED,
                observed="0.986 ± 0.005 (3 seeds)",
            )
        ],
        thresholds=[Threshold(metric="accuracy", value=0.97, label="> 0.97 (nearest)")],
        runs=runs,
        varied=["model"],
        conclusion="Nearest neighbours win, and cost next to nothing here.",
        note="The prediction was amended after the first result.",
    )


SAMPLES = {
    "single": single,
    "running": running,
    "forest": forest,
    "forest_running": lambda: forest(6),
    "curves": curves,
    "failed": failed,
    "exploring": exploring,
    "hundred": hundred,
    "categories": categories,
}


HOSTILE = (
    "</title></svg><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(2)>",
    "&amp; &lt;b&gt; ]]> <!-- {{7*7}} ${x}",
    "right\u202eleft \x00\x1b[31m\x85 \ud800 \ufffe",
    "名前 " * 40,
)


def hostile(text: str) -> ExperimentView:
    """Put a text into every place of an experiment that can hold one."""
    run = RunView(
        id="h",
        label="001",
        state=RunState.RUNNING,
        parameters={text: text, "list": [text, {text: 1}]},
        series=[Series(metric=text, x=[0.0, 1.0], y=[0.1, 0.2], x_name=text)],
        final={text: 0.2, f"other {text}": 0.5},
        progress=Progress(done=1, total=2, remaining=3.0, text=text),
        reason=text,
        tail=text,
        figures=[text, f"figures/{text}.png"],
    )
    failed_run = replace(
        run, id="f", label="002", state=RunState.FAILED, parameters={text: "other"}
    )
    return ExperimentView(
        name=text,
        number=1,
        path=f"/nowhere/{text}",
        question=text,
        hypothesis=text,
        why=text,
        impact=text,
        conclusion=text,
        tags=[text],
        verdicts=[
            Verdict(
                prediction=text,
                outcome=outcome,
                observed=text,
                reason=text,
                probability=0.5,
            )
            for outcome in Outcome
        ],
        thresholds=[Threshold(metric=text, value=0.15, label=text)],
        runs=[run, failed_run],
        varied=[text],
        note=text,
    )
