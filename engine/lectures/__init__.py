"""Lectures: one recording of a forward and backward pass, and its media: page, slides, terminal, notebook."""

from .media import Lecture as Lecture
from .media import lecture as lecture
from .training_page import training_lecture as training_lecture
