"""Measuring: arms interleaved in one process, ratios with intervals, raw runs kept.

Empty on purpose: :mod:`perfkit.bench.job` is imported where its memory is measured.
"""
