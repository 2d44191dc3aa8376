"""Shared parts of the pictures of all reports: the heads' colours, and PNG."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg

__all__ = ["COLORS", "png"]

# Okabe and Ito's colours, told apart by any eye.
COLORS = {"joint": "#000000", "length": "#0072B2", "width": "#E69F00", "angle": "#009E73", "color": "#CC79A7"}


def png(figure, *, close=False):
    """Return a Matplotlib figure as PNG; with `close`, pyplot forgets the figure."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    if close:
        import matplotlib.pyplot as plt

        plt.close(figure)
    return buffer.getvalue()
