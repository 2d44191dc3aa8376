"""The 2019 report's reproduction, declared and run by ``studies/reproduce.py``: what it trains, judges and shows."""

from reproduction.declaration import Item, Model, Reproduction, Target

__all__ = ["Item", "Model", "Reproduction", "Target"]
