"""Where what perfkit has learnt of this machine is kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

from perfkit.errors import MeasurementError

__all__ = ["FOLDER_VARIABLE", "state_folder"]

#: Environment variable that names another folder.
FOLDER_VARIABLE = "PERFKIT_STATE_FOLDER"


def state_folder() -> Path:
    """The user's folder for state, by XDG Base Directory 0.8; it need not exist yet.

    Raises
    ------
    MeasurementError
        If no home folder is known.
    """
    chosen = os.environ.get(FOLDER_VARIABLE)
    if chosen:
        return Path(chosen)
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    if named.is_absolute():  # the specification has a relative path ignored
        return named / "perfkit"
    try:
        return Path.home() / ".local" / "state" / "perfkit"
    except RuntimeError as error:
        raise MeasurementError(
            f"No home folder is known to keep results in. Set {FOLDER_VARIABLE} to a folder."
        ) from error
