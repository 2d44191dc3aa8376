"""The engine of every study: trials run here or on Dask, Optuna stores them, MLflow shows them."""

from lineclf._lazy import lazy_names
from lineclf.runs._identity import MEANING, child_seed, fingerprint, identity_params
from lineclf.runs._options import (
    TRIALS_PER_WORKER,
    OptionError,
    Options,
    adaptive_seeds_option,
    make_options,
    names,
    option,
    positive,
    text,
    whole,
)
from lineclf.runs._plan import Plan, Profile, Report, Study, TrialResult
from lineclf.runs._study import profile_folder, scratch_folder, select

_LAZY = {  # these load scikit-learn or Optuna; a declaration does without
    "InProcess": "_execute",
    "Split": "_evaluate",
    "StudyRun": "_run_study",
    "Tracker": "_tracking",
    "TrialStore": "_store",
    "audit_facts": "_evaluate",
    "describe_sides": "_evaluate",
    "evaluate": "_evaluate",
    "for_several_targets": "_evaluate",
    "load_estimator": "_evaluate",
    "plain_params": "_evaluate",
    "processor": "_evaluate",
    "run_study": "_run_study",
    "run_trials": "_run",
    "seed_estimator": "_evaluate",
    "study_status": "_run_study",
    "takes_images": "_evaluate",
    "versions": "_evaluate",
}

__all__ = [
    "MEANING",
    "TRIALS_PER_WORKER",
    "OptionError",
    "Options",
    "Plan",
    "Profile",
    "Report",
    "Study",
    "TrialResult",
    "adaptive_seeds_option",
    "child_seed",
    "fingerprint",
    "identity_params",
    "make_options",
    "names",
    "option",
    "positive",
    "profile_folder",
    "scratch_folder",
    "select",
    "text",
    "whole",
    *_LAZY,
]

__getattr__, __dir__ = lazy_names(__name__, __all__, _LAZY)
