"""Axes of the displays."""

from concurrent.futures import ThreadPoolExecutor

import matplotlib.pyplot as plt

from lineclf.inspection._plots import grid_of_axes
from lineclf.reporting import png


def test_a_new_figure_is_pyplots_until_it_is_closed():
    figure, axes = grid_of_axes(None, 2, 3, width=1, height=1)
    assert axes.shape == (2, 3)
    assert plt.fignum_exists(figure.number)
    assert png(figure)[:4] == b"\x89PNG"
    assert plt.fignum_exists(figure.number)
    png(figure, close=True)
    assert not plt.fignum_exists(figure.number)


def test_another_thread_has_figures_of_its_own():
    with ThreadPoolExecutor(1) as pool:
        figure, _ = pool.submit(grid_of_axes, None, 1, 1, width=1, height=1).result()
    assert figure not in map(plt.figure, plt.get_fignums())
