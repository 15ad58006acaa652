"""Networks composed of Values: neurons, layers, losses, optimizers, training, data."""

from .neuron import MLP as MLP
from .neuron import Layer as Layer
from .neuron import Neuron as Neuron
