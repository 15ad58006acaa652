"""Hypothesis in every test: no deadline, for on a busy machine any single example may take long."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
