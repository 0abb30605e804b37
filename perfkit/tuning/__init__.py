"""Tuning: which recipe to take for given documents, under limits of time, memory and cost."""
