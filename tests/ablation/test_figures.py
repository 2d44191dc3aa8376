"""Pictures of an ablation: what stands in them can be read."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Annotation

from lineclf.ablation._figures import costs_figure


@pytest.mark.parametrize("place", [0, 1], ids=["left", "right"])
def test_names_of_cells_alike_in_cost_and_benefit_stay_apart_and_inside(place):
    seconds = np.array([100 * place, 100 * place + 1, 100 * place + 2, 50, 100 * (1 - place)])
    costs = pd.DataFrame(
        {
            "cell": ["baseline", "lr_schedule=constant", "optimizer=rmsprop", "max_shift=2", "pooling=average"],
            "n": 3,
            "joint": [0.5, 0.501, 0.502, 0.1, 0.9],
            "fit_time": seconds,
            "parameters": 1000 * seconds,
            "front": True,
            "front_parameters": True,
        }
    )
    figure = costs_figure(costs, "joint")
    figure.draw_without_rendering()
    for axes in figure.axes:
        names = [child for child in axes.get_children() if isinstance(child, Annotation)]
        assert sorted(name.get_text() for name in names) == sorted(costs["cell"])
        boxes = [name.get_window_extent() for name in names]
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
        assert all(axes.bbox.xmin <= box.xmin and box.xmax <= axes.bbox.xmax for box in boxes)
