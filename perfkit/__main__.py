"""``python -m perfkit``."""

from perfkit.cli.main import main

main()
