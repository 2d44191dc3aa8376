"""Data: coloured lines rendered in code, and MNIST. Importing this package imports nothing but NumPy."""

from lineclf.datasets._class_folder import load_class_folder
from lineclf.datasets._corruptions import CORRUPTIONS, corrupt
from lineclf.datasets._factors import FACTORS, class_index, factors_of
from lineclf.datasets._folder import export_lines, load_lines_folder
from lineclf.datasets._lines import make_lines
from lineclf.datasets._load import TARGET_NAMES, load_lines
from lineclf.datasets._mnist import fetch_mnist
from lineclf.datasets._video import class_video

__all__ = [
    "CORRUPTIONS",
    "FACTORS",
    "TARGET_NAMES",
    "class_index",
    "class_video",
    "corrupt",
    "export_lines",
    "factors_of",
    "fetch_mnist",
    "load_class_folder",
    "load_lines",
    "load_lines_folder",
    "make_lines",
]
