"""The log of a run in a tracker: trials as they finish, cells and the report at the end."""

import base64
import time
from contextlib import suppress

from lineclf._urls import mask_url
from lineclf._words import first_line
from lineclf.runs._cells import summarize

__all__ = ["NO_TRACKER", "NoLog", "TrialLog", "open_log"]

NO_TRACKER = "none"  # as a tracking URI
_AGAIN, _AGAIN_AT_MOST = 10, 300  # seconds to leave a tracker alone that failed
_AT_ONCE = 1  # seconds of logging, after which trials are looked at again


def open_log(uri, plan, store, command):
    """Open the tracker's store, and begin or continue the study's run in it; ValueError if that is not possible."""
    if uri == NO_TRACKER:
        return NoLog()
    from lineclf.runs._tracking import Tracker

    return TrialLog(Tracker(uri), plan, store, command)


class NoLog:
    """Log of a run without a tracker."""

    tracked = missing = ()

    def update(self, *, last=False):
        """Do nothing."""

    def finish(self, report, n_failed):
        """Do nothing."""

    def stop(self, *, failed):
        """Do nothing."""


class TrialLog:
    """Logs the trials of a run that a tracker does not have yet; an error of the tracker loses no trial.

    Parameters
    ----------
    tracker : Tracker
    plan : Plan
    store : TrialStore
        Store that knows which trials the tracker has.
    command : str
        Command shown to people, without passwords.
    """

    def __init__(self, tracker, plan, store, command):
        self._tracker, self._plan, self._store, self._command = tracker, plan, store, command
        tags = {"optuna.study": store.name, "command": command}
        self._parent = tracker.start_study(plan.tracked_as, plan.title, params=plan.params, tags=tags)
        self._cells = dict(plan.cell_of)
        self._ours = plan.trials.keys()
        self._failed = self._pictures_failed = None
        self._again, self._pause = float("-inf"), _AGAIN
        self._refused: dict[str, tuple] = {}  # key → when to try again, and seconds until then

    @property
    def tracked(self):
        """How to open the runs: a command, and the address."""
        return list(dict.fromkeys([self._tracker.ui_command(), self._tracker.page()]))

    @property
    def missing(self):
        """What the tracker did not accept, and why."""
        whats = {
            "MLflow did not take everything; the next run logs the rest": self._failed,
            "Some pictures are missing": self._pictures_failed,
        }
        return [f"{what}: {why}" for what, why in whats.items() if why]

    def update(self, *, last=False):
        """Log finished trials that are not logged yet: for about a second or, at the end, all of them.

        If the tracker refuses something, that is tried again at growing intervals, and everything else is still logged.
        If the tracker does not answer, the pauses grow.
        """
        began = time.monotonic()
        if began < self._again and not last:
            return
        if last:  # also trials of other runs, of which the report tells
            self._cells |= self._plan.cells_of(self._store.results())
            self._ours = self._ours | self._cells.keys()
        for key in self._store.untracked(self._tracker.store):
            if key not in self._ours:
                continue
            again, pause = self._refused.get(key, (began, _AGAIN / 2))
            if again > began and not last:
                continue
            try:
                result = self._store.results([key])[key]
                run_id = self._tracker.log_trial(self._parent, result, cell=self._cells.get(key))
                self._store.mark_tracked(key, run_id, self._tracker.store)
                self._refused.pop(key, None)
                self._pause = _AGAIN
            except Exception as error:
                self._failed = _first_line(error)
                self._refused[key] = time.monotonic() + 2 * pause, 2 * pause
                if not self._tracker.is_refusal(error):
                    self._leave_alone()
                    return
            if not last and time.monotonic() - began > _AT_ONCE:
                return
        if not self._refused:
            self._failed = None
        for key, files in self._store.attached().items():
            self._add_pictures(key, files)

    def _leave_alone(self):
        self._again = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _AGAIN_AT_MOST)

    def _add_pictures(self, key, files):
        if "error" in files:
            self._pictures_failed = _first_line(files["error"])
            files = {}
        run_id = self._store.tracked_as(key, self._tracker.store)
        if files and not run_id:
            return
        try:
            if files:
                pictures = {name: base64.b64decode(text) for name, text in files.items()}
                self._tracker.add_files(run_id, "inside", pictures)
        except Exception as error:
            self._pictures_failed = _first_line(error)
            self._leave_alone()
            return
        self._store.attach(key, None)

    def finish(self, report, n_failed):
        """Log the cells and the report, and close the study's run.

        Parameters
        ----------
        report : Report
        n_failed : int
            Number of the plan's trials that were given up.
        """
        results = self._store.results()
        cells: dict[str, list] = {}
        for key, name in self._plan.cells_of(results).items():
            cells.setdefault(name, []).append(results[key])
        for name, trials in cells.items():
            ratio = sum(map(self._plan.overlap, trials)) / len(trials)
            said = summarize(trials, ratio) | report.cells.get(name, {})
            self._try(self._tracker.finish_cell, self._parent, name, said, trials)
        n_finished = len((self._ours | self._plan.trials.keys()) & results.keys())
        metrics = {"trials_finished": n_finished, "trials_failed": n_failed}
        artifacts, note = report.files, self._note(report)
        self._try(self._tracker.finish_study, self._parent, metrics=metrics, artifacts=artifacts, note=note)

    def _try(self, log, *what, **more):
        """Log something; if the tracker refuses it, everything else is still logged."""
        try:
            log(*what, **more)
        except Exception as error:
            self._failed = self._failed or _first_line(error)

    def _note(self, report):
        """Return the text of the first page of the study's run, as Markdown."""
        pictures = [path.name for path in report.files if path.suffix == ".png"]
        lines = [f"**{self._plan.title}**", "", report.note or report.text, "", f"Written by `{self._command}`."]
        if pictures:
            lines.append(f"Pictures, under Artifacts: {', '.join(f'`{name}`' for name in pictures)}.")
        lines.append(f"The report is the artifact `{report.files[0].name}`.")
        return "\n".join(lines)

    def stop(self, *, failed):
        """Close the study's run before its end."""
        with suppress(Exception):  # the error that stopped it is the one to tell
            self._tracker.stop_study(self._parent, failed=failed)


def _first_line(error):
    return mask_url(first_line(error))
