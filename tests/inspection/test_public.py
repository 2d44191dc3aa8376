"""Our heatmaps beside those of public libraries, on one-head nets of linear logits.

tf-keras-vis' maps are taken as the layer has them and enlarged by ours: it stretches a layer over the whole image,
while ours puts every cell where it looks, which has tests of its own.
"""

import sys
from functools import cache
from unittest.mock import MagicMock, patch

import keras
import numpy as np
import pytest
from tf_keras_vis.gradcam import Gradcam
from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
from tf_keras_vis.saliency import Saliency
from tf_keras_vis.scorecam import Scorecam
from tf_keras_vis.utils.scores import CategoricalScore

from lineclf import CompactCNNClassifier, OneLayerCNNClassifier
from lineclf.datasets import fetch_mnist
from lineclf.inspection import _attributions as ours
from lineclf.inspection._quality import rank_correlation
from lineclf.inspection._subject import HeadScore, unwrap
from lineclf.inspection._upsampling import centres, upsample

NETS = {
    "one layer": OneLayerCNNClassifier(units=16, filters=8, kernel_size=5, epochs=2, random_state=0),
    "compact": CompactCNNClassifier(filters=8, epochs=2, random_state=0),
}


class Case:
    """A trained net, two digits, and the predicted levels that are to be explained."""

    def __init__(self, net):
        X, y = fetch_mnist("small", return_X_y=True)
        self.classifier, self.images = unwrap(NETS[net].fit(X[::12], y[::12]), X[1:2000:1000])
        predicted = self.classifier.predict(self.images)
        self.levels = self.score().levels(None, predicted[:, None])
        self.logits = keras.Model(self.classifier.model_.input, self.score().model.outputs[1])

    def score(self, layer=None):
        return HeadScore(self.classifier, self.classifier.heads_[0], layer)

    def ours(self, method, layer=None, **options):
        return ours.METHODS[method](self.score(layer), self.images, self.levels, **options)

    def theirs(self, kind, layer=None, **options):
        """tf-keras-vis' maps, of the layer's size for a CAM."""
        if layer is not None:
            options |= {"penultimate_layer": layer, "seek_penultimate_conv_layer": False}
            options |= {"expand_cam": False, "normalize_cam": False}
        maps = kind(self.logits, clone=False)(CategoricalScore(self.levels.tolist()), self.images, **options)
        if layer is None:
            return np.asarray(maps)
        score = self.score(layer)
        return upsample(np.asarray(maps), centres(score.path, score.layer), self.images.shape[1:])


def agreement(ours, theirs, where=None):
    """Spearman's correlation, the smallest of all images; no evidence in both is agreement."""
    nothing = np.array([not one.any() and not other.any() for one, other in zip(ours, theirs, strict=True)])
    assert not nothing.all()
    return np.where(nothing, 1, rank_correlation(ours, theirs, where)).min()


case_of = cache(Case)


@pytest.fixture(params=NETS)
def case(request):
    return case_of(request.param)


@pytest.fixture
def one_layer():
    return case_of("one layer")


@pytest.mark.parametrize("layer", ["activation_1", "activation_2"])
def test_gradcam(case, layer):
    assert agreement(case.ours("gradcam", layer), case.theirs(Gradcam, layer)) >= 0.999


def test_gradcam_plus_plus():
    # Before the mean over all positions every place has the same gradient. Elsewhere tf-keras-vis lets places that
    # speak against the score take part of the weights, which its authors' code sets to zero.
    case = case_of("compact")
    assert agreement(case.ours("gradcam++", "activation_5"), case.theirs(GradcamPlusPlus, "activation_5")) >= 0.95


@pytest.mark.parametrize("layer", ["activation_1", "activation_2"])
def test_scorecam(one_layer, layer):
    assert agreement(one_layer.ours("scorecam", layer), one_layer.theirs(Scorecam, layer)) >= 0.95


def test_gradients(case):
    plain = case.theirs(Saliency, normalize_map=False)
    np.testing.assert_allclose(case.ours("smoothgrad", copies=1, noise=0.0), plain, atol=1e-5)


def test_gradients_over_noise(one_layer):
    options = {"smooth_samples": 400, "smooth_noise": 0.15, "gradient_modifier": None, "normalize_map": False}
    np.random.seed(0)  # noqa: NPY002 - the library draws from it
    theirs = abs(one_layer.theirs(Saliency, **options))
    assert agreement(one_layer.ours("smoothgrad", copies=400), theirs) >= 0.95


def test_integrated_gradients_and_occlusion(case):
    # xplique imports what other methods of its need; these two do not.
    others = ["tensorflow_probability", "skimage", "skimage.segmentation", "einops"]
    with patch.dict(sys.modules, {name: MagicMock() for name in others if name not in sys.modules}):
        from xplique.attributions import IntegratedGradients, Occlusion

    asked = np.eye(10, dtype=np.float32)[case.levels]
    integrated = IntegratedGradients(case.logits, steps=100, baseline_value=0.0, reducer=None)
    theirs = np.asarray(integrated(case.images, asked))[..., 0]
    lit = case.images[..., 0] > 0  # elsewhere both are zero, but for rounding
    assert agreement(case.ours("integrated_gradients", steps=100), theirs, lit) >= 0.95
    # Of larger patches it gives each pixel the mean over all that hide it, ours the place its own patch.
    theirs = np.asarray(Occlusion(case.logits, patch_size=1, patch_stride=1, occlusion_value=0.0)(case.images, asked))
    theirs = theirs.reshape(case.images.shape[:3])
    np.testing.assert_allclose(theirs[~lit], 0, atol=1e-5)
    assert agreement(case.ours("occlusion", side=1), theirs, lit) >= 0.95
