"""Networks composed of Values: neurons, layers, losses, optimizers, training, data."""

from .datasets import (
    binary_to_one_hot as binary_to_one_hot, circles as circles, digits as digits, grid as grid,
    logic_gate as logic_gate, moons as moons, noisy_curve as noisy_curve, one_hot as one_hot, signs as signs,
    spirals as spirals, split as split,
)
from .connections import (
    Elementwise as Elementwise, Highway as Highway, Residual as Residual, Sequential as Sequential,
    WeightedSkip as WeightedSkip,
)
from .history import History as History
from .losses import (
    bce_with_logits as bce_with_logits, binary_cross_entropy as binary_cross_entropy,
    categorical_cross_entropy as categorical_cross_entropy,
    cross_entropy_with_logits as cross_entropy_with_logits,
    half_mse as half_mse, hinge as hinge, mse as mse, rmse as rmse, squared_error as squared_error,
)
from .metrics import accuracy as accuracy, dead_fraction as dead_fraction, dead_units as dead_units
from .module import Module as Module
from .neuron import MLP as MLP, Layer as Layer, Maxout as Maxout, Neuron as Neuron
from .normalization import BatchNorm as BatchNorm, Standardizer as Standardizer
from .optimizers import SGD as SGD, Adam as Adam, clip_by_norm as clip_by_norm, clip_by_value as clip_by_value
from .regularization import (
    Dropout as Dropout, EarlyStopping as EarlyStopping, InputNoise as InputNoise, KeepDropout as KeepDropout,
    l1 as l1, l2 as l2, weights as weights,
)
from .saving import load as load, save as save
from .training import collector_paused as collector_paused, fit as fit, predict as predict
