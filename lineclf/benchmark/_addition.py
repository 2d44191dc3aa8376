"""Submissions of others: each is checked part by part, and joins the stored trials if all of it fits."""

import hashlib
import json
import math
from numbers import Real
from pathlib import Path

from lineclf.benchmark._draw import draw
from lineclf.benchmark._entries import CEILING, Contestant
from lineclf.benchmark._plan import BenchmarkPlan
from lineclf.benchmark._submission import CLOSE, EQUAL, PAGE, SCHEMA, bare
from lineclf.runs import describe_sides
from lineclf.runs._options import OptionError
from lineclf.runs._travel import FILE, read_trials

__all__ = ["AdditionPlan"]

_KINDS = {"name": str, "track": str, "model": str, "seed": int, "tags": dict, "metrics": dict, "split": dict}
_KINDS |= {"datasets": dict, "started": Real, "finished": Real}
_FACTS = {"leak", "label_conflicts", "smallest_distance", "n_train", "n_test"}  # which tables show
_METRICS = {"seconds", "seconds_predict"}
_MOST = 3  # trials that a refusal names


class AdditionPlan(BenchmarkPlan):
    """The trials of a submission, which finished elsewhere.

    Parameters
    ----------
    study : Benchmark
    profile : str
    folder : pathlib.Path
        Of the submission.
    known : sequence of Contestant
        Models that are known by their names.

    Raises
    ------
    OptionError
        If something does not fit; the message says what.
    """

    def __init__(self, study, profile, folder, *, known):
        self._folder = Path(folder)
        page, lines = self._read(study, profile)
        found = [line["result"] for line in lines]
        tracks, models = ({each[name] for each in found} for name in ("track", "model"))
        own = {each.name: each for each in known}
        guests = {each["model"]: each["guest"] for each in found if each["model"] not in own and each.get("guest")}
        strange = sorted(models - own.keys() - guests.keys() - {CEILING})
        if strange:
            raise self._refusal(f"has models that are not known here: {', '.join(strange)}")
        lost = sorted(tracks - {each.name for each in study.arenas})
        if lost:
            raise self._refusal(f"has tracks that {study.name!r} does not have here: {', '.join(lost)}")
        arenas = [each for each in study.arenas if each.name in tracks]
        try:
            others = [Contestant(*guest) for guest in guests.items()]
        except ValueError as error:
            raise self._refusal(f"has a model that is not legal: {error}") from None
        contestants = [each for each in (*known, *others) if each.name in models]
        seeds = sorted({each["seed"] for each in found})
        super().__init__(study, arenas, contestants, profile, seeds, known=(*known, *others))
        self._check_identity(lines)
        self._check_data(page, lines)
        keys = {line["key"] for line in lines}
        for name in ("trials", "names", "cell_of"):
            setattr(self, name, {key: each for key, each in getattr(self, name).items() if key in keys})
        self.brings = [{name: line[name] for name in ("key", "value", "result", "levels")} for line in lines]

    def _refusal(self, text):
        return OptionError("add", f"cannot take {str(self._folder)!r}: it {text}")

    def _read(self, study, profile):
        """The submission's page and trials, checked to be whole and of this study and size."""
        path = self._folder / PAGE
        try:
            page = json.loads(path.read_text(encoding="utf-8"))
            schema = page["schema"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._refusal(f"has no {PAGE} that can be read: {error}") from None
        if schema != SCHEMA:
            raise self._refusal(f"has the schema {schema!r}, and this version of lineclf reads {SCHEMA}")
        lacking = {"study", "profile", "n_per_class", "trials", "sha256", "rerun"} - page.keys()
        if lacking:
            raise self._refusal(f"lacks {', '.join(sorted(lacking))} in {PAGE}")
        trials = self._folder / FILE
        if not trials.exists() or hashlib.sha256(trials.read_bytes()).hexdigest() != page["sha256"]:
            raise self._refusal(f"has other trials in {FILE} than {PAGE} was written for")
        if page["study"] != study.name:
            raise self._refusal(f"is of the study {page['study']!r}, and this one is {study.name!r}")
        if page["profile"] != profile:
            raise self._refusal(f"is of the profile {page['profile']!r}: add it with --profile {page['profile']}")
        if page["n_per_class"] != study.profiles[profile].n_per_class:
            raise self._refusal(f"has {page['n_per_class']} images per class, and {profile!r} has another number here")
        outcome = page["rerun"].get("outcome") if isinstance(page["rerun"], dict) else None
        if outcome not in (EQUAL, CLOSE):
            raise self._refusal(f"has a trial that gave another result when it was run again: {outcome!r}")
        try:
            lines = read_trials(trials)
        except ValueError as error:
            raise self._refusal(f"is broken: {error}") from None
        for line in lines:
            self._check_schema(line)
        if not lines:
            raise self._refusal("has no trials")
        if len({line["key"] for line in lines}) < len(lines):
            raise self._refusal("has a trial twice")
        return page, lines

    def _check_schema(self, line):
        result, key = line["result"], line["key"]
        for name, kind in _KINDS.items():
            if not isinstance(result.get(name), kind):
                raise self._refusal(f"has a trial whose {name} is no {kind.__name__.lower()}: {key}")
        if not isinstance(result.get("guest", 0), str | None):
            raise self._refusal(f"has a trial whose guest is no import path: {key}")
        lacking = (_FACTS - result["split"].keys()) | (_METRICS - result["metrics"].keys())
        if lacking:
            raise self._refusal(f"has a trial without {', '.join(sorted(lacking))}: {key}")
        told = {name: result[name] for name in ("track", "model", "seed")}
        if line["levels"] != told or not key.startswith(f"{json.dumps(told)[:-1]}, "):
            raise self._refusal(f"has a trial that is called one thing and is another: {key}")
        numbers = [line["value"], *result["metrics"].values()]
        if not all(isinstance(each, Real) for each in numbers) or not math.isfinite(line["value"]):
            raise self._refusal(f"has a trial without a number for its value or a metric: {key}")

    def _check_identity(self, lines):
        """Check that this study would run every trial, and that a trial's value is that of its metric."""
        other = [line["result"]["name"] for line in lines if line["key"] not in self.trials]
        if other:
            raise self._refusal(
                f"has trials of another meaning than here, {_some(other)}: the track or the model is declared "
                "otherwise, or is of another revision or version"
            )
        arenas = {each.name: each for each in self.study.arenas}
        for line in lines:
            model, guest = line["result"]["model"], line["result"]["guest"]
            if guest != (None if model in self._declared | {CEILING} else self._known[model].estimator):
                raise self._refusal(f"has a trial whose model is of another path than its others: {model}, {guest}")
            arena, result = arenas[line["result"]["track"]], line["result"]
            if line["value"] != arena.shown.sign * result["metrics"].get(arena.metric, math.nan):
                raise self._refusal(f"has a trial whose value is not its {arena.metric}: {result['name']}")

    def _check_data(self, page, lines):
        """Check that both sides of every trial have the same pixels as here."""
        told = {each["key"]: each for each in page["trials"]}
        places: dict[tuple, list] = {}
        for line in lines:
            places.setdefault((line["result"]["track"], line["result"]["seed"]), []).append(line)
        arenas = {each.name: each for each in self.study.arenas}
        for (track, seed), here in places.items():
            sides = describe_sides(draw(arenas[track], self.n_per_class, seed)[0])  # a result tells the first fold
            for line in here:
                for side, drawn in sides.items():
                    digests = {drawn["digest"], line["result"]["datasets"].get(side, {}).get("digest")}
                    digests.add(told.get(line["key"], {}).get(side))
                    if len(digests) > 1:
                        name = line["result"]["name"]
                        raise self._refusal(
                            f"has other data in the {side} side of {name}, seed {seed}, than are drawn here"
                        )

    def report(self, folder, results, failures, command):
        """Write the report."""
        report = super().report(folder, results, failures, command)
        kept = [self.names[each["key"]] for each in self.brings if bare(results[each["key"]]) != each["result"]]
        models = sorted({each["result"]["model"] for each in self.brings} - {CEILING})
        n = f"{len(self.brings) - len(kept)} of {len(self.brings)}"
        text = f"From {self._folder}: {n} trials of {', '.join(models) or CEILING} are in the table."
        if kept:
            text += f" Of the others results of another run were here before, and stay: {_some(kept)}."
        return report._replace(text=f"{report.text}\n\n{text}")


def _some(names):
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
