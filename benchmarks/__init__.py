"""The speed goals, measured: ``python -m benchmarks`` (or ``make bench``), ``--quick`` for less."""
