"""Keras nets, one per file, their layers, losses and optimizers; nothing here knows scikit-learn.

Every random choice (initial weights, dropout) takes a seed of its own, derived from one ``seed`` and the layer's name.
"""

from lineclf.nets._batch_normalization import BatchNormalization
from lineclf.nets._compact_cnn import compact_cnn
from lineclf.nets._compile import check_floatx, compile_model
from lineclf.nets._group_convolution import GroupConvolution
from lineclf.nets._layers import POOLINGS, SYMMETRIES
from lineclf.nets._losses import LOSSES, OneHotLoss, head_accuracy, head_loss
from lineclf.nets._marginal import Marginal
from lineclf.nets._matched_filter import TEMPLATES, MatchedFilter
from lineclf.nets._matched_filter_net import matched_filter_net
from lineclf.nets._multi_head_cnn import multi_head_cnn
from lineclf.nets._network import Network, count_parameters
from lineclf.nets._one_layer_cnn import one_layer_cnn
from lineclf.nets._optimizers import LR_SCHEDULES, OPTIMIZERS, make_optimizer
from lineclf.nets._position_pooling import POSITION_POOLINGS, PositionPooling
from lineclf.nets._recalibration import Recalibration, recalibrate
from lineclf.nets._seeds import reseed_dropout

__all__ = [
    "LOSSES",
    "LR_SCHEDULES",
    "OPTIMIZERS",
    "POOLINGS",
    "POSITION_POOLINGS",
    "SYMMETRIES",
    "TEMPLATES",
    "BatchNormalization",
    "GroupConvolution",
    "Marginal",
    "MatchedFilter",
    "Network",
    "OneHotLoss",
    "PositionPooling",
    "Recalibration",
    "check_floatx",
    "compact_cnn",
    "compile_model",
    "count_parameters",
    "head_accuracy",
    "head_loss",
    "make_optimizer",
    "matched_filter_net",
    "multi_head_cnn",
    "one_layer_cnn",
    "recalibrate",
    "reseed_dropout",
]
