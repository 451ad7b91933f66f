"""Trains the tokeniser and the expander: ``python -m pipeline.training tokeniser``."""
