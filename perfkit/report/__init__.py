"""The report: notebooks run through papermill, shown as self-contained HTML pages.

::

    from perfkit import report
    made = report.run(["engines"], {"rounds": 5}, out="reports")
    made.index      # the page to open
"""

from __future__ import annotations

from perfkit.report.runner import Outcome, Report, run

__all__ = ["Outcome", "Report", "run"]
