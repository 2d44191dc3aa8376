"""Running a study from Python."""

import threading

import pytest

from lineclf.ablation import Ablation, Component
from lineclf.cli import main
from lineclf.runs import OptionError, Profile, run_study, study_status

STUDY = Ablation(
    name="trees",
    question="how deep?",
    estimator="sklearn.tree:DecisionTreeClassifier",
    track="distinct",
    components=(Component("max_depth", None, (1, 4)), Component("splitter", "best", ("random",))),
    profiles={"quick": Profile(n_per_class=4, seeds=2)},
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Function that runs the study with some options in a working directory of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda **options: run_study(STUDY, tracking_uri="none", **options)


def test_python_gets_what_the_command_line_prints(run, capsys):
    assert study_status(STUDY) == "trees · distinct · quick: not begun, 8 trials to run"
    done = run()
    assert capsys.readouterr() == ("", "")
    assert main(STUDY, ["--tracking-uri", "none"]) == 0
    assert capsys.readouterr().out == f"\n{done}\n"
    assert len(done.results) == 8
    assert done.failures == {}
    assert done.frames["effects"]["component"].unique().tolist() == ["max_depth", "splitter"]
    assert done.page.read_text().startswith("# Trees: how deep?")
    assert "run_study('trees')" in run().page.read_text()
    assert study_status(STUDY) == "trees · distinct · quick: 8 of 8 trials finished, 0 failed, 0 to run"


def test_a_notebooks_thread_may_run_it(run):
    found = []
    thread = threading.Thread(target=lambda: found.append(run(components=["splitter"], seeds=1)))
    thread.start()
    thread.join()
    assert len(found[0].results) == 2


def test_a_part_stands_beside_the_report_of_the_whole_and_shares_its_trials(run):
    whole = run()
    page = whole.page.read_text()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lineclf.runs._execute.work", None)  # nothing is trained
        part = run(components="splitter", seeds=1)
        crossed = run(design="factorial", components="max_depth")  # the same cells by another design
    assert part.page.parent.parent.name == "scratch"
    assert part.frames["effects"]["component"].unique().tolist() == ["splitter"]
    assert len(crossed.results) == 6
    assert whole.page.read_text() == page


def test_results_of_another_size_are_kept_beside_those_that_take_their_place(run):
    before = run().frames["results"]
    smaller = {"quick": Profile(n_per_class=5, seeds=2)}
    other = run_study(Ablation(**{**vars(STUDY), "profiles": smaller}), tracking_uri="none")
    kept = other.frames["earlier"]
    assert kept[list(before)].equals(before)
    assert kept["identity"].nunique() == 1
    assert "`earlier.csv` keeps what was reported here before" in other.page.read_text()
    again = run_study(Ablation(**{**vars(STUDY), "profiles": smaller}), tracking_uri="none")
    assert again.frames["earlier"].equals(kept)


def test_levels_called_none_and_nan_are_no_missing_values(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weights = Component("class_weight", "balanced", (None,))
    profiles = {"quick": Profile(n_per_class=4, seeds=1, settings={"class_weight": "balanced"})}
    study = Ablation(**{**vars(STUDY), "components": (weights,), "profiles": profiles})
    done = run_study(study, tracking_uri="none")
    assert done.frames["effects"]["level"].unique().tolist() == ["None"]


def test_parts_and_fresh_clones_go_on_from_the_files_of_trials(run, tmp_path):
    run()
    (tmp_path / "mlruns" / "optuna.db").unlink()
    assert study_status(STUDY) == "trees · distinct · quick: 8 of 8 trials finished, 0 failed, 0 to run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lineclf.runs._execute.work", None)  # nothing is trained
        assert len(run(seeds=[0, 1]).results) == 8
    (tmp_path / "mlruns" / "optuna.db").unlink()
    assert study_status(STUDY, output="elsewhere").endswith("not begun, 8 trials to run")


def test_options_are_checked_before_anything_is_made(run, tmp_path):
    with pytest.raises(OptionError, match="workers must be a number ≥ 1; got 0"):
        run(workers=0)
    with pytest.raises(OptionError, match=r"worker is no option of 'trees', .*Did you mean 'workers'\?"):
        run(worker=1)
    with pytest.raises(OptionError, match=r"components must be among max_depth, splitter; got 'depth'"):
        run(components=["depth"])
    (tmp_path / "file").touch()
    with pytest.raises(OptionError, match="output must be a folder to write to; got 'file'"):
        run(output="file")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_results_name_the_processor_and_the_page_tells_it(run):
    done = run(components="splitter", seeds=1)
    (named,) = {result["processor"] for result in done.results.values()}
    assert named
    assert f"Processor: {named}." in done.page.read_text()
