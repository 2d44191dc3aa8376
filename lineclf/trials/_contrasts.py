"""Comparisons of a design: sums of cells before and after a change. Pure Python."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from lineclf.trials._levels import label, same

__all__ = ["Contrast", "crossed_contrasts", "single_contrasts"]


@dataclass(frozen=True)
class Contrast:
    """A difference between cells: their score after a change minus their score before it.

    Parameters
    ----------
    component : str
        Key of the component that changes; "a × b" for a pair.
    level : str
        Its level after the change.
    size : {1, 2}
        Number of components; for a pair, the contrast is how much the effect of one grows when the other changes too.
    before, after : mapping of str to float
        Weights by the names of cells.
    aliases : tuple of str
        Components and pairs that the design cannot tell from this one.
    """

    component: str
    level: str
    size: int
    before: Mapping[str, float]
    after: Mapping[str, float]
    aliases: tuple[str, ...] = ()

    @property
    def cells(self):
        """Names of all cells in the contrast."""
        return list(dict.fromkeys([*self.before, *self.after]))


def single_contrasts(cells):
    """Each cell against the first one."""
    first, *others = cells
    return [Contrast(str(cell.component), label(cell.level), 1, {first.name: 1.0}, {cell.name: 1.0}) for cell in others]


def crossed_contrasts(cells, components, terms):
    """Components, and pairs of them, over all combinations of the others.

    Parameters
    ----------
    cells : list of Cell
        Cells of a factorial design, or of a fraction.
    components : iterable of Component
    terms : dict of tuple of str to list of tuple of str
        Keys of one component or two → their aliases in the design.

    Returns
    -------
    list of Contrast
    """
    known = {each.key: each for each in components}
    found = []
    for term, others in terms.items():
        parts = [known[key] for key in term]
        for levels in product(*(part.others for part in parts)):
            if len(parts) == 1:
                before = _mean(cells, {term[0]: parts[0].baseline})
                after = _mean(cells, {term[0]: levels[0]})
            else:
                before, after = (_effect(cells, parts, levels[0], its) for its in (parts[1].baseline, levels[1]))
            text = " × ".join(map(label, levels))
            aliases = tuple(" × ".join(other) for other in others)
            found.append(Contrast(" × ".join(term), text, len(parts), before, after, aliases))
    return found


def _effect(cells, parts, level, its):
    """Weights of the first component's effect when the second has the level `its`."""
    one, other = parts
    before = _mean(cells, {one.key: one.baseline, other.key: its}, -1.0)
    return before | _mean(cells, {one.key: level, other.key: its})


def _mean(cells, levels, sign=1.0):
    """Weights of the mean over the cells that have these levels."""
    names = [each.name for each in cells if all(same(each.settings[key], level) for key, level in levels.items())]
    return dict.fromkeys(names, sign / len(names))
