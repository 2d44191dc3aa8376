"""The ablation's declaration, and its command line."""

import itertools
import runpy
from pathlib import Path

import pytest

from lineclf.experiments._ablation import Task, check_components
from lineclf.experiments._cli import _parser, _seeds
from lineclf.experiments._declaration import DESIGNS, design_cells

SCRIPT = Path(__file__).parents[2] / "studies" / "ablate.py"
STUDY = runpy.run_path(str(SCRIPT))["STUDY"]


def planned(*options):
    args = _parser(STUDY).parse_args(list(options))
    args.seeds = _seeds(args.seeds)
    return STUDY.plan(args), STUDY.output(args)


@pytest.mark.parametrize("net", STUDY.nets)
@pytest.mark.parametrize("design", [design for design in DESIGNS if design != "search"])
def test_every_declared_cell_is_one_the_estimator_takes(net, design):
    study = STUDY.nets[net]
    for name, profile in study.profiles.items():
        task = Task(study.estimator, profile.settings, study.track, 1)
        components = study.select([], design, name)
        check_components(task, components)
        cells, _ = design_cells(design, components)
        for cell in cells:
            task.baseline().set_params(**cell.settings)._validate_params()


@pytest.mark.parametrize("net", STUDY.nets)
def test_the_assignments_variations_are_all_there(net):
    names = {component.name for component in STUDY.nets[net].components}
    assert names >= {"kernel_size", "filters", "pooling", "depth", "dropout", "l2", "lr_schedule", "optimizer"}
    assert names >= {"loss", "batch_size", "max_shift"}


def test_the_default_run_is_what_it_was():
    plan, folder = planned()
    assert len(plan.trials) == 39
    task = Task("lineclf.estimators:MultiHeadLineClassifier", {"epochs": 4}, "distinct", 40)
    assert plan.queue_name == f"ablation distinct {task.fingerprint()}"
    assert plan.title == "ablation · distinct · quick"
    assert folder == Path("reports/ablation")


def test_every_net_track_and_design_has_its_own_storage_and_folder():
    choices = itertools.product(STUDY.nets, ("distinct", "halves"), [each for each in DESIGNS if each != "search"])
    found = [planned("--net", net, "--track", track, "--design", design) for net, track, design in choices]
    for names in ([plan.queue_name for plan, _ in found], [plan.title for plan, _ in found], [f for _, f in found]):
        assert len(set(names)) == len(found)
    assert Path("reports/ablation/one-layer-halves-factorial") in [folder for _, folder in found]


def test_the_factorial_is_two_to_the_fifth_at_five_seeds():
    for study in STUDY.nets.values():
        cells, _ = design_cells("factorial", study.select([], "factorial", "crossed"))
        assert (len(cells), study.profiles["crossed"].seeds) == (32, 5)
