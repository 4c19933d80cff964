"""Labels of ticks say where the ticks are."""

from __future__ import annotations

import pytest

from jupyter_labbook.rendering.axes import value_axis


@pytest.mark.parametrize("top", [9.0, 0.9, 0.09, 1.7, 2300.0, 42.0, 0.0031])
def test_a_label_is_the_value_of_its_tick(top: float) -> None:
    ticks = value_axis([0.0, top / 3, top]).ticks
    assert len(ticks) > 2
    for tick in ticks:
        assert float(tick.label) == pytest.approx(tick.value)
