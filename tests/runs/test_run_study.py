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


def test_a_part_adds_to_the_report_and_takes_nothing_from_it(run, tmp_path):
    def rows(done):
        effects = done.frames["effects"]
        return {(row.component, str(row.level)): row.n for row in effects[effects["head"] == "joint"].itertuples()}

    deep, shallow, split = ("max_depth", "4"), ("max_depth", "1"), ("splitter", "random")
    assert rows(run(components="splitter", seeds=1)) == {split: 1}
    assert rows(run(components="max_depth")) == {shallow: 2, deep: 2, split: 1}
    whole = {shallow: 2, deep: 2, split: 2}
    done = run()
    assert rows(done) == whole
    page = done.page.read_text()
    assert rows(run(components="splitter", seeds=1)) == whole
    assert page.partition("Written")[0] == done.page.read_text().partition("Written")[0]


def test_a_report_without_its_trials_is_added_to_where_it_is_of_the_same_study(run, tmp_path):
    done = run(seeds=3)
    for path in (tmp_path / "mlruns" / "optuna.db", tmp_path / "reports" / "trees" / "trials.jsonl.gz"):
        path.unlink()
    before, effects = done.frames["results"], done.frames["effects"]
    frames = run(components="splitter", seeds=1).frames
    after = frames["results"]
    assert "12 of these trials are those of the report that was here, as it had them." in done.page.read_text()
    assert frames["effects"][["component", "level", "n"]].equals(effects[["component", "level", "n"]])
    assert after.equals(before)
    other = run_study(
        Ablation(**{**vars(STUDY), "profiles": {"quick": Profile(n_per_class=5, seeds=1)}}), tracking_uri="none"
    )
    assert set(other.frames["results"]["seed"]) == {0}  # another size is another study
    kept = other.frames["earlier"]
    assert kept[list(after)].equals(after)
    assert kept["identity"].nunique() == 1
    assert "`earlier.csv` keeps what was reported here before" in other.page.read_text()


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
