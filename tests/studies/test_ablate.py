"""The ablation's declaration, and its command line."""

import itertools
import runpy
from pathlib import Path

import pytest

from lineclf.ablation._designs import DESIGNS, design_cells
from lineclf.cli import _options, _parser
from lineclf.runs import make_options

SCRIPT = Path(__file__).parents[2] / "studies" / "ablate.py"
STUDY = runpy.run_path(str(SCRIPT))["STUDY"]


def planned(*argv):
    options = _options(STUDY, _parser(STUDY).parse_args(list(argv)))
    return STUDY.plan(options), STUDY.output(options)


@pytest.mark.parametrize("net", STUDY.nets)
@pytest.mark.parametrize("design", [design for design in DESIGNS if design != "search"])
def test_every_declared_cell_is_one_the_estimator_takes(net, design):
    for name in STUDY.nets[net].profiles:
        plan, _ = planned("--net", net, "--design", design, "--profile", name)
        for cell in plan.cells:
            plan.estimator_of(cell)._validate_params()


@pytest.mark.parametrize("net", STUDY.nets)
def test_the_assignments_variations_are_all_there(net):
    names = {component.name for component in STUDY.nets[net].components}
    assert names >= {"kernel_size", "filters", "pooling", "depth", "dropout", "l2", "lr_schedule", "optimizer"}
    assert names >= {"loss", "batch_size", "max_shift"}


def test_the_default_run():
    plan, folder = planned()
    assert (len(plan.cells), len(plan.contrasts), plan.low, len(plan.seeds)) == (13, 12, 3, 30)
    assert plan.title == "ablation · distinct · quick"
    assert folder == Path("reports/ablation")
    # The seeds, and what decides, are no part of what trials are about: they go on from each other's.
    assert planned("--seeds", "5")[0].identity == plan.identity
    assert planned("--components", "depth")[0].identity == plan.identity
    assert planned("--epochs", "5")[0].identity != plan.identity


@pytest.mark.parametrize(
    "options",
    [
        ["--n-per-class", "4", "--epochs", "1"],
        ["--epochs", "5"],
        ["--components", "depth", "--epochs", "5"],
        ["--design", "leave-one-out", "--components", "dropout,l2"],
        ["--design", "fractional", "--resolution", "3"],
        ["--design", "search", "--trials", "2"],
        ["--seeds", "2"],
        ["--seeds", "3..20"],
        ["--seeds", "0,1,3", "--components", "depth"],
        ["--profile", "crossed", "--design", "factorial", "--seeds", "1"],
    ],
)
def test_what_no_profile_declares_is_written_where_git_does_not_look(options):
    _, folder = planned(*options)
    assert folder.parent == Path("reports/ablation/scratch")
    assert "reports/*/scratch/" in (SCRIPT.parents[1] / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize(
    ("options", "folder"),
    [
        (["--n-per-class", "20", "--epochs", "4", "--seeds", "3..30"], ""),
        (["--seeds", "3..60", "--max-time", "3600"], ""),  # goes on with it
        (["--profile", "report"], "four-head-distinct-one-at-a-time-report"),
        (["--profile", "crossed", "--design", "factorial"], "four-head-distinct-factorial-crossed"),
        (["--design", "search", "--seeds", "0,"], "four-head-distinct-search-quick"),
    ],
)
def test_a_profile_has_a_folder_of_its_own_also_where_its_sizes_are_said_again(options, folder):
    assert planned(*options)[1] == Path("reports/ablation", folder)


def test_every_net_track_and_design_has_its_own_folder():
    choices = itertools.product(STUDY.nets, ("distinct", "halves"), [each for each in DESIGNS if each != "search"])
    found = [planned("--net", net, "--track", track, "--design", design) for net, track, design in choices]
    for names in ([plan.title for plan, _ in found], [f for _, f in found]):
        assert len(set(names)) == len(found)
    assert len({plan.identity for plan, _ in found}) == 2 * len(STUDY.nets)  # designs share their trials
    assert Path("reports/ablation/one-layer-halves-factorial-quick") in [folder for _, folder in found]


def test_the_factorial_is_two_to_the_fifth_at_five_seeds():
    for study in STUDY.nets.values():
        cells, _ = design_cells("factorial", study.select([], "factorial", "crossed"))
        assert (len(cells), study.profiles["crossed"].seeds) == (32, 5)


def test_it_runs_in_two_processes_unasked_but_not_on_a_cluster(monkeypatch):
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    assert make_options(STUDY, {}).workers == 2
    assert make_options(STUDY, {"workers": 1}).workers == 1
    assert make_options(STUDY, {"dask": "tcp://127.0.0.1:1"}).workers is None
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})
    assert make_options(STUDY, {}).workers is None
