"""What the functions and classes of nn do unless told otherwise: their defaults."""

import inspect
from math import pi, sin

import pytest

import nn

DEFAULTS = {
    "Adam": dict(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08),
    "BatchNorm": dict(eps=1e-05, momentum=0.1),
    "Dropout": dict(rate=0.5, seed=0),
    "EarlyStopping": dict(patience=10, min_delta=0.0),
    "Highway": dict(n_in=None, gate_bias=0.0, seed=0, after=False),
    "InputNoise": dict(sigma=0.1, seed=0),
    "KeepDropout": dict(keep=0.5, seed=0),
    "Layer": dict(f='relu', init='he', seed=0, elementwise=False),
    "MLP": dict(hidden='relu', output='linear', init=None, seed=0, elementwise=False),
    "Maxout": dict(pieces=2, init='he', seed=0, elementwise=False, fan_out=1),
    "Neuron": dict(f='relu', init='he', seed=0, elementwise=False, fan_out=1),
    "Residual": dict(after=False),
    "SGD": dict(lr=0.1, momentum=0.0, weight_decay=0.0),
    "WeightedSkip": dict(n_in=None, init='xavier', seed=0, after=False),
    "accuracy": dict(threshold=0.0),
    "bce_with_logits": dict(reduction='mean'),
    "binary_cross_entropy": dict(reduction='mean'),
    "binary_to_one_hot": dict(count_from='left'),
    "categorical_cross_entropy": dict(reduction='mean'),
    "circles": dict(n=100, noise=0.05, inner=0.5, seed=0),
    "cross_entropy_with_logits": dict(reduction='mean'),
    "fit": dict(loss='mse', optimizer=None, epochs=100, batch_size=None, shuffle=True, seed=0,
         penalty=None, clip_norm=None, clip_value=None, metrics=(), validation=None,
         early_stopping=None, callbacks=(), progress=None, engine='scalar'),
    "grid": dict(reading='A'),
    "half_mse": dict(reduction='mean'),
    "hinge": dict(reduction='mean'),
    "moons": dict(n=100, noise=0.1, seed=0),
    "mse": dict(reduction='mean'),
    "noisy_curve": dict(f=sin, n=50, low=-pi, high=pi, noise=0.1, seed=0),
    "rmse": dict(reduction='mean'),
    "spirals": dict(n=200, classes=2, noise=0.05, turns=1.0, seed=0),
    "split": dict(fraction=0.8, seed=0),
    "squared_error": dict(reduction='sum'),
}


def defaults(name):
    try:
        found = inspect.signature(getattr(nn, name)).parameters.values()
    except ValueError:                                   # a type that C made has no signature
        return {}
    return {p.name: p.default for p in found if p.default is not p.empty}


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_are_as_told(name):
    assert defaults(name) == DEFAULTS[name]


def test_every_default_is_told_here():
    """Who leaves out the seed of a network or the size of a data set gets the same today and tomorrow."""
    public = [name for name, what in vars(nn).items()
              if callable(what) and not name.startswith("_") and what.__module__.startswith("nn")]
    assert len(public) > 50 and [name for name in public if defaults(name) and name not in DEFAULTS] == []
