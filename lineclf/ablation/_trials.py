"""Trials of an AblationCV: cells are an estimator with components changed."""

from lineclf.ablation._resolve import params_of, set_cell
from lineclf.trials._cells import Cell, trial_key
from lineclf.trials._contrasts import crossed_contrasts, single_contrasts
from lineclf.trials._levels import label, plain, same
from lineclf.trials._trials import SeedTrials

__all__ = ["AblationTrials"]


class AblationTrials(SeedTrials):
    """Plan of an :class:`AblationCV`.

    Parameters
    ----------
    name : str
        Of the study.
    estimator : estimator
        The baseline.
    components : tuple of Component
    cells : list of Cell
        First the cell that the others are compared with.
    terms : dict
        Terms of a crossed design, from :func:`crossed_terms`.
    note : str
        What a reader must know about the design.
    heading : str, optional
        Heading of the report's page.
    facts : dict, optional
        Facts for a list of reports: net, data, design, size, page.
    adapt : callable (estimator), optional
        Turns a cell's estimator into the one that is trained.
    **more
        As in :class:`SeedTrials`.
    """

    def __init__(
        self, name, *, estimator, components, cells, terms, note="", heading=None, facts=None, adapt=None, **more
    ):
        self.estimator, self.components, self.terms, self.note = estimator, components, terms, note
        self.facts, self._adapt = facts, adapt
        contrasts = crossed_contrasts(cells, components, terms) if terms else single_contrasts(cells)
        levels = [level for each in components for level in each.levels]
        estimators = [estimator, *(level for level in levels if hasattr(level, "get_params"))]
        super().__init__(name, cells=cells, contrasts=contrasts, estimators=estimators, **more)
        self.heading = heading or f"Ablation of {self.title}"

    def estimator_of(self, cell):
        """Return the baseline with the levels of a cell."""
        estimator = set_cell(self.estimator, cell.settings, self.components)
        return self._adapt(estimator) if self._adapt else estimator

    def params_of(self, cell, where):
        """Return what a cell sets of `draw`, or of the splitter."""
        return params_of(cell.settings, self.components, where)

    def key_of(self, cell, seed):
        """Identity of a trial: its differences from the baseline, so that all designs share the trial."""
        known = {each.key: each.baseline for each in self.components}
        settings = {name: level for name, level in cell.settings.items() if not same(level, known[name])}
        return trial_key(Cell(settings), seed)

    def shown(self, cell):
        """Return every component's level in a cell, as the storage holds it."""
        return {each.key: plain(cell.settings.get(each.key, each.baseline)) for each in self.components}

    def labels(self, settings):
        """Return the name in tables of every component's level in a cell of these settings."""
        return {each.key: label(settings.get(each.key, each.baseline)) for each in self.components}

    def report(self, folder, results, failures, command):
        """Write the report; return the :class:`lineclf.runs.Report`."""
        from lineclf.ablation._findings import Findings

        found = self.own(results)
        return Findings(self, found, failures).write(folder, command)
