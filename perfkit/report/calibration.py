"""The latest calibration of the machine: how far its verdicts can be trusted."""

from __future__ import annotations

from perfkit.bench.calibration import latest
from perfkit.bench.environment import Environment
from perfkit.errors import MeasurementError

__all__ = ["calibration_html"]

_NONE = (
    '<p class="perfkit-notes">None has been taken on this machine yet: <code>perfkit calibrate '
    "--quick</code> shows within minutes how often its verdicts are right.</p>"
)


def calibration_html(environment: Environment) -> str:
    """Its table as harmless HTML; a remark where there is none for such a machine."""
    try:
        found = latest(environment)
    except MeasurementError:  # no home folder to keep one in
        return _NONE
    return _NONE if found is None else found._repr_html_()
