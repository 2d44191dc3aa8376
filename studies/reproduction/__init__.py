"""The 2019 report's reproduction, declared and run by ``studies/reproduce.py``: what it trains, judges and shows."""

from reproduction.declaration import Architecture, Claim, Item, Model, Reproduction, Target

__all__ = ["Architecture", "Claim", "Item", "Model", "Reproduction", "Target"]
