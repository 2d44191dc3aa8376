"""Full and fractional factorial designs, and the effects that a fraction cannot tell apart. Pure Python."""

from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product
from operator import xor

from lineclf.ablation._components import Component
from lineclf.trials._cells import Cell
from lineclf.trials._levels import label, same

__all__ = ["RESOLUTIONS", "Fraction", "crossed_cell", "fractional_factorial", "full_factorial"]

RESOLUTIONS = (3, 4)


def full_factorial(components):
    """Cells of a full factorial: every combination of all levels, the baseline first.

    Parameters
    ----------
    components : iterable of Component

    Returns
    -------
    list of Cell
        Each names the level of every component.

    Examples
    --------
    >>> from lineclf.ablation import Component, full_factorial
    >>> [cell.name for cell in full_factorial([Component("depth", 1, (2,)), Component("dropout", 0.1, (0.0,))])]
    ['baseline', 'dropout=0.0', 'depth=2', 'depth=2, dropout=0.0']
    """
    components = list(components)
    return [crossed_cell(components, levels) for levels in product(*(each.levels for each in components))]


def crossed_cell(components, levels):
    """Cell with these levels of the components, named by its differences from the baseline."""
    changes = [
        f"{each.key}={label(level)}"
        for each, level in zip(components, levels, strict=True)
        if not same(level, each.baseline)
    ]
    settings = {each.key: level for each, level in zip(components, levels, strict=True)}
    return Cell(settings, ", ".join(changes) or "baseline")


@dataclass(frozen=True)
class Fraction:
    """A regular fraction of a two-level factorial; made by :func:`fractional_factorial`.

    Its first components run through all combinations. Each of the others follows a product of these, in which the
    baseline's level counts as +1 and the other level as −1.

    Parameters
    ----------
    components : tuple of Component
        Of two levels each.
    words : tuple of int
        One per component: the set, as bits, of the first components whose product it follows.
    """

    components: tuple[Component, ...]
    words: tuple[int, ...]

    @property
    def n_base(self):
        """Number of components that run through all combinations; the design has 2 to this power cells."""
        return max(self.words).bit_length()

    @property
    def cells(self):
        """Cells, the baseline first."""
        parts = list(zip(self.components, self.words, strict=True))
        return [
            crossed_cell(self.components, [each.levels[(run & word).bit_count() % 2] for each, word in parts])
            for run in range(2**self.n_base)
        ]

    @property
    def generators(self):
        """The product that each further component follows: key → keys of the first components."""
        keys = [each.key for each in self.components]
        return {
            key: tuple(keys[i] for i in range(self.n_base) if word >> i & 1)
            for key, word in zip(keys, self.words, strict=True)
            if word.bit_count() > 1
        }

    @property
    def resolution(self):
        """Length of the shortest product that never changes; without one, the number of components plus 1."""
        n = len(self.words)
        for size in range(1, n + 1):
            if any(reduce(xor, some) == 0 for some in combinations(self.words, size)):
                return size
        return n + 1

    @property
    def aliases(self):
        """Effects of one or two components that the design cannot tell apart: tuples of keys, in groups.

        Every effect is in exactly one group, and single components come first. The design measures the sum of a group.
        """
        keys = [each.key for each in self.components]
        groups: dict[int, list[tuple[str, ...]]] = {}
        for size in (1, 2):
            for some in combinations(range(len(keys)), size):
                word = reduce(xor, (self.words[i] for i in some))
                groups.setdefault(word, []).append(tuple(keys[i] for i in some))
        return list(groups.values())


def fractional_factorial(components, resolution=4):
    """Smallest fraction of a factorial that tells single components from each other, or from pairs as well.

    b components run through all combinations, and each further component follows the product of several of these b. If
    it follows three, five, … of them, every product of components that never changes has an even number of them, and
    more than two: then no single component is mixed up with a pair (resolution IV) [1]_. For one further component the
    product of all b is best. Larger products are taken first.

    Parameters
    ----------
    components : iterable of Component
        Two or more; the first two levels of each are taken.
    resolution : {3, 4}, default=4
        3 takes half as many cells or fewer, but cannot tell single components from pairs; 4 can, but cannot tell pairs
        from pairs. The design may be better than asked for.

    Returns
    -------
    Fraction
        A full factorial if no fraction is enough.

    Raises
    ------
    ValueError
        If there are fewer than two components, or the resolution is not 3 or 4.

    References
    ----------
    .. [1] G. E. P. Box, W. G. Hunter and J. S. Hunter, "Statistics for experimenters", 2nd edition, 2005, chapter 6.

    Examples
    --------
    >>> from lineclf.ablation import Component, fractional_factorial
    >>> design = fractional_factorial(Component(name, 0, (1,)) for name in "abcde")
    >>> len(design.cells), design.resolution, design.generators
    (16, 5, {'e': ('a', 'b', 'c', 'd')})
    """
    components = tuple(each.two_levels() for each in components)
    n = len(components)
    if n < 2:
        raise ValueError(f"a fraction needs two components or more; got {[each.key for each in components]}")
    if resolution not in RESOLUTIONS:
        raise ValueError(f"resolution must be one of {RESOLUTIONS}; got {resolution!r}")
    n_base = 2
    while len(words := _words(n_base, n, resolution)) < n - n_base:
        n_base += 1
    n_base = min(n, n_base)
    return Fraction(components, (*(1 << i for i in range(n_base)), *words[: n - n_base]))


def _words(n_base, n, resolution):
    """Products that further components may follow, the best first."""
    products = sorted(range(1, 2**n_base), key=lambda word: (-word.bit_count(), word))
    if n == n_base + 1 and n_base >= resolution - 1:
        return products[:1]
    return [word for word in products if word.bit_count() > 1 and (resolution == 3 or word.bit_count() % 2)]
