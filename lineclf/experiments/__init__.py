"""A color added to a trained net, as a declaration."""

from lineclf.cli import main
from lineclf.experiments._transfer import Method, Transfer, TransferProfile, Variant

__all__ = ["Method", "Transfer", "TransferProfile", "Variant", "main"]
