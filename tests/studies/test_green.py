"""The declared study of green lines."""

import json
import runpy
from pathlib import Path

from lineclf.runs import load_estimator

SCRIPT = Path(__file__).parents[2] / "studies" / "green.py"
STUDY = runpy.run_path(str(SCRIPT))["STUDY"]


def plan(profile):
    return STUDY.plan(type("Arguments", (), {"profile": profile, "seeds": None, "methods": "", "variants": ""}))


def test_every_method_meets_every_number_of_images_and_every_net_the_claim():
    known = [json.loads(key) for key in plan("full").trials]
    assert len(known) == 3 * (5 * 5 + len(STUDY.variants) - 1)
    first = STUDY.variants[0].name
    assert {each["shots"] for each in known if each["variant"] == first} == {"1", "4", "16", "64", "all"}
    assert {each["method"] for each in known if each["variant"] == first} == {each.name for each in STUDY.methods}
    for variant in STUDY.variants:
        trials = [each for each in known if each["variant"] == variant.name and each["shots"] == "all"]
        assert {each["seed"] for each in trials if each["method"] == STUDY.methods[0].name} == {0, 1, 2}
    assert STUDY.profiles["full"].n_per_class is None
    assert len(plan("quick").trials) < 40


def test_the_claim_is_tried_with_the_color_head_alone_on_black():
    assert STUDY.methods[0].stages == ("head",)
    assert "only have to train the colour head" in STUDY.says
    assert STUDY.variants[0].world == STUDY.variants[0].settings == {}
    assert STUDY.variants[0].weights is None


def test_every_net_can_be_made():
    for variant in STUDY.variants:
        for size in STUDY.profiles.values():
            load_estimator(STUDY.estimator, {**size.settings, **variant.settings})._validate_params()
