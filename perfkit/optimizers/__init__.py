"""Optimizers: ways to run the one flow of perfkit.pipeline; none extracts on its own."""
