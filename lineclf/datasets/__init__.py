"""Data: coloured lines rendered in code, and MNIST. Importing this package imports nothing but NumPy."""

from lineclf.datasets._class_folder import load_class_folder
from lineclf.datasets._corruptions import CORRUPTIONS, corrupt
from lineclf.datasets._factors import FACTORS, class_index, factors_of
from lineclf.datasets._folder import export_lines, load_lines_folder
from lineclf.datasets._lines import make_lines
from lineclf.datasets._load import TARGET_NAMES, load_lines
from lineclf.datasets._mnist import fetch_mnist
from lineclf.datasets._noise import power_law_spectrum
from lineclf.datasets._parquet import export_parquet, load_parquet
from lineclf.datasets._tensorflow import to_tf
from lineclf.datasets._torch import to_torch
from lineclf.datasets._video import class_video
from lineclf.datasets._worlds import (
    COUNTS,
    make_background_lines,
    make_count_lines,
    make_crossing_lines,
    make_shortcut_lines,
    shortcut_groups,
)

__all__ = [
    "CORRUPTIONS",
    "COUNTS",
    "FACTORS",
    "TARGET_NAMES",
    "class_index",
    "class_video",
    "corrupt",
    "export_lines",
    "export_parquet",
    "factors_of",
    "fetch_mnist",
    "load_class_folder",
    "load_lines",
    "load_lines_folder",
    "load_parquet",
    "make_background_lines",
    "make_count_lines",
    "make_crossing_lines",
    "make_lines",
    "make_shortcut_lines",
    "power_law_spectrum",
    "shortcut_groups",
    "to_tf",
    "to_torch",
]
