"""What the history of an experiment says that it was declared to be."""

from __future__ import annotations

from jupyter_labbook.actions.declared import Declared


def test_what_is_declared_is_no_ablation() -> None:
    declared = Declared(
        1,
        {
            "params": {"depth": 4, "width": 8},
            "sweep": {"augment": [False, True]},
            "ablate": {"depth": 0, "augment": False, "width": 8.0, "other": 1},
        },
        (),
    )
    assert declared.taken_away == {"depth": 0, "other": 1}
    assert Declared(1, {"ablate": None}, ()).taken_away == {}
