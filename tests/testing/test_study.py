"""The contract of studies: those that keep it pass, and each way to break it is told."""

from dataclasses import dataclass
from pathlib import Path
from time import time
from types import SimpleNamespace

import pytest

from lineclf.ablation import Ablation, Component
from lineclf.benchmark import Arena, Benchmark, Contestant
from lineclf.runs import Options, Plan, Profile, Report, option
from lineclf.testing import check_study

PROFILES = {"quick": Profile(n_per_class=4, seeds=2)}


class Coins(Plan):
    """A stranger's plan: it needs neither lines nor estimators."""

    identity, title, params = "coins", "coins", {"sides": 2}

    def __init__(self, **broken):
        self.trials = {f"coin {i}": {"weight": i, "seed": 0} for i in range(3)}
        self.names = {key: key for key in self.trials}
        self.cell_of = {key: key for key in self.trials}
        self.value, self.result, self.files = 0.5, {}, ["coins.md"]
        vars(self).update(broken)

    def run(self, key, on_fitted=None):
        now = time()
        result = {"name": key, "seed": 0, "tags": {}, "metrics": {"heads": 0.5}, "started": now, "finished": now}
        return self.value, result | self.result

    def report(self, folder, results, failures, command):
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.files:
            (folder / name).write_text(command)
        return Report("tossed", [folder / name for name in self.files])


def coins(options=Options, **broken):
    return SimpleNamespace(
        name="coins",
        question="heads?",
        profiles={"few": Profile(None, 1)},
        Options=options,
        plan=lambda options: Coins(**broken),
        output=lambda options: Path("reports/coins"),
    )


def changed(**parts):
    return SimpleNamespace(**{**vars(coins()), **parts})


@dataclass(frozen=True, kw_only=True)
class Untold(Options):
    sides: int = 2


@dataclass(frozen=True, kw_only=True)
class Told(Options):
    sides: int = option("sides of a coin", int, default=2)


@pytest.mark.parametrize(
    ("study", "options"),
    [
        (coins(), {}),
        (coins(Told), {"sides": 3}),
        (
            Ablation(
                name="rules",
                question="which?",
                estimator="sklearn.tree:DecisionTreeClassifier",
                track="distinct",
                components=(Component("max_depth", None, (2,), off=2), Component("splitter", "best", ("random",))),
                profiles=PROFILES,
            ),
            {"seeds": 1},
        ),
        (
            Benchmark(
                name="board",
                question="who?",
                arenas=(Arena("distinct", "distinct", "what?"),),
                contestants=(Contestant("tree", "sklearn.tree:DecisionTreeClassifier"),),
                profiles=PROFILES,
            ),
            {"profile": "quick", "models": ["tree"]},
        ),
    ],
    ids=["coins", "coins with an option", "ablation", "benchmark"],
)
def test_studies_pass(study, options):
    check_study(study, **options)


@pytest.mark.parametrize(
    ("study", "words"),
    [
        (coins(Untold), "Untold.sides must be declared by lineclf.runs.option"),
        (coins(dict), "Options must be lineclf.runs.Options"),
        (coins(names={"coin 0": "one"}), "names must have the keys of trials"),
        (coins(names=dict.fromkeys(("coin 0", "coin 1", "coin 2"), "a coin")), "names must be different"),
        (coins(cell_of={"coin 9": "?"}), "cell_of must have keys of trials alone"),
        (coins(trials={}), "a plan must have trials"),
        (coins(value=float("nan")), "trials failed"),
        (coins(result={"metrics": {"heads": "many"}}), "metric 'heads' must be a number"),
        (coins(result={"name": 3}), r"result\['name'\] must be a str"),
        (coins(result={"finished": 0.0}), "it must start before it finishes"),
        (coins(result={"confusion": {"side": [[1]]}, "labels": {"side": []}}), "must name the rows of confusion"),
        (coins(files=[]), "a report must have a page"),
        (SimpleNamespace(**{**vars(coins()), "question": ""}), "question must be a text"),
        (SimpleNamespace(**{**vars(coins()), "profiles": {}}), "profiles must be a mapping"),
        (
            SimpleNamespace(**{**vars(coins()), "output": lambda options: "reports"}),
            "output must return a pathlib.Path",
        ),
    ],
)
def test_what_breaks_the_contract_is_told(study, words):
    with pytest.raises(AssertionError, match=words):
        check_study(study)


def test_it_counts_trials_in_its_own_process():
    with pytest.raises(ValueError, match="in its own process"):
        check_study(coins(), workers=2)
