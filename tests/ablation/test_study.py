"""An AblationCV as a study of the engine."""

import pandas as pd
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from lineclf import AblationCV
from lineclf.ablation import AblationStudy, Component
from lineclf.runs import make_options, run_study
from lineclf.testing import check_study

DATA = load_iris(return_X_y=True)


def test_it_keeps_the_contract_of_a_study():
    check_study(AblationStudy(AblationCV(DecisionTreeClassifier(), {"max_depth": [1]}, seeds=2, cv=2), DATA))


def test_it_finds_what_fit_finds(tmp_path):
    ablation = AblationCV(DecisionTreeClassifier(), [Component("max_depth", None, (1, 2))], seeds=2, cv=2)
    done = run_study(
        AblationStudy(ablation, DATA),
        storage=f"sqlite:///{tmp_path}/o.db",
        tracking_uri="none",
        output=tmp_path / "report",
    )
    found = done.frames["effects"].fillna({"verdict": ""})
    fitted = ablation.fit(*DATA).effects_
    pd.testing.assert_frame_equal(found.astype({"level": str}), fitted, check_dtype=False)


def test_its_own_settings_are_the_defaults():
    ablation = AblationCV(
        DecisionTreeClassifier(), {"max_depth": [1]}, design="factorial", n_jobs=2, storage="sqlite:///mine.db"
    )
    study = AblationStudy(ablation, DATA)
    options = make_options(study, {})
    assert (options.design, options.workers, options.storage) == ("factorial", 2, "sqlite:///mine.db")
    assert make_options(study, {"design": "one-at-a-time"}).design == "one-at-a-time"
