"""A colour added to a trained net: the study behind `green.py`. The declaration's names load nothing heavy."""

from transfer.declaration import Method, Transfer, TransferProfile, Variant

__all__ = ["Method", "Transfer", "TransferProfile", "Variant"]
