"""Designs by their names: which cells run. Pure Python, nothing heavy."""

from lineclf.ablation._factorial import fractional_factorial, full_factorial
from lineclf.trials._cells import Cell
from lineclf.trials._levels import label

__all__ = ["DESIGNS", "design_cells", "leave_one_out", "one_at_a_time"]

DESIGNS = ("one-at-a-time", "leave-one-out", "factorial", "fractional", "search")


def one_at_a_time(components):
    """Cells of a one-component-at-a-time design: the baseline first, then each other level of each component.

    Parameters
    ----------
    components : iterable of Component

    Returns
    -------
    list of Cell

    Examples
    --------
    >>> from lineclf.ablation import Component, one_at_a_time
    >>> [cell.name for cell in one_at_a_time([Component("dropout", 0.1, (0.0, 0.5)), Component("depth", 1, (2,))])]
    ['baseline', 'dropout=0.0', 'dropout=0.5', 'depth=2']
    """
    return [
        Cell(),
        *(
            Cell({component.key: level}, f"{component.key}={label(level)}", component.key, level)
            for component in components
            for level in component.others
        ),
    ]


def leave_one_out(components):
    """Cells of a design that leaves out one component at a time: first the cell with all, then one cell without each.

    Parameters
    ----------
    components : iterable of Component
        Components without an `off` stay at their baseline and are not in the design.

    Returns
    -------
    list of Cell

    Raises
    ------
    ValueError
        If fewer than two components can be left out.

    Examples
    --------
    >>> from lineclf.ablation import Component, leave_one_out
    >>> parts = [Component("dropout", 0.1, (0.0,), off=0.0), Component("l2", 0.0, (1e-4,), off=0.0)]
    >>> [(cell.name, cell.settings) for cell in leave_one_out(parts)]  # doctest: +NORMALIZE_WHITESPACE
    [('full', {'dropout': 0.1, 'l2': 0.0001}),
     ('without dropout', {'dropout': 0.0, 'l2': 0.0001}),
     ('without l2', {'dropout': 0.1, 'l2': 0.0})]
    """
    parts = [component for component in components if component.has_off]
    if len(parts) < 2:
        names = [part.key for part in parts]
        raise ValueError(f"leaving one out needs two components or more with a level `off`; got {names}")
    full = {part.key: part.on for part in parts}
    return [
        Cell(full, "full"),
        *(Cell({**full, part.key: part.off}, f"without {part.key}", part.key, part.off) for part in parts),
    ]


def design_cells(design, components, resolution=4):
    """Cells of the design of this name, first the one that all are compared with; and its fraction, if it is one."""
    if design == "fractional":
        fraction = fractional_factorial(components, resolution)
        return fraction.cells, fraction
    make = {"one-at-a-time": one_at_a_time, "leave-one-out": leave_one_out, "factorial": full_factorial}
    return make[design](components), None
