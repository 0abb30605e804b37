"""How a sweep over numbers of workers scales."""

from __future__ import annotations

from perfkit.bench.records import Run
from perfkit.bench.scaling import Scaling, scaling_of
from perfkit.bench.sweep_results import Sweep
from perfkit.errors import MeasurementError

__all__ = ["scaling_from"]

#: A run that has the processor for less of its time than this waits for something else.
_CPU_BOUND_SHARE = 0.7


def scaling_from(sweep: Sweep, document: str | None = None, *, axis: str = "workers") -> Scaling:
    """Scaling of one document of a sweep over workers, against the sweep's baseline.

    Parameters
    ----------
    sweep : Sweep
        Its only axis beside document size is that of workers.
    document : str, optional
        A document's label; by default the one of most pages.
    axis : str
        Name of the axis of workers.

    Raises
    ------
    MeasurementError
        If the sweep has no such axis, or other axes too, or no time of the document.
    """
    others = [name for name in sweep.axes if name not in (axis, "pages")]
    if axis not in sweep.axes or others:
        raise MeasurementError(
            f"Scaling needs a sweep over {axis!r} (and pages) alone; this one is over "
            f"{', '.join(sweep.axes)}."
        )
    label = document or max(sweep.results, key=lambda result: result.pages).document
    timed = [of for of in sweep.results if of.document == label and of.page_ms]
    base = next((of for of in timed if of.is_baseline), None)
    points = [of for of in timed if sweep.setting(of, axis) and not of.is_baseline]
    if base is None or not points:
        raise MeasurementError(f"Nothing was timed on {label} that could tell how it scales.")
    table = {of.arm: sweep.seconds(of.arm, label) for of in (base, *points)}
    shared = sorted(set.intersection(*(set(times) for times in table.values())))
    return scaling_of(
        {sweep.setting(of, axis): [table[of.arm][key] for key in shared] for of in points},
        cores=sweep.environment.cores,
        sequential=[table[base.arm][key] for key in shared],
        sequential_name=base.arm,
        subject=label,
        cpu_bound=_cpu_share(sweep, base.arm, label) >= _CPU_BOUND_SHARE,
        rules=sweep.rules,
    )


def _cpu_share(sweep: Sweep, arm: str, document: str) -> float:
    """CPU time / wall time of the run that was disturbed least."""
    return max(
        run.cpu_seconds / run.wall_seconds
        for run in sweep.session.records
        if isinstance(run, Run) and (run.arm, run.document) == (arm, document)
    )
