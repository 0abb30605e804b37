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
        cpu_bound=_is_cpu_bound(sweep, base.arm, label),
        rules=sweep.rules,
    )


def _is_cpu_bound(sweep: Sweep, arm: str, document: str) -> bool:
    """Whether an arm works when it is let: it had the processor, or others took it away.

    A run that waits gives the processor up of itself; one that is crowded out does not.
    """
    runs = [
        run
        for run in sweep.session.records
        if isinstance(run, Run) and (run.arm, run.document) == (arm, document)
    ]
    if any(run.cpu_seconds >= _CPU_BOUND_SHARE * run.wall_seconds for run in runs):
        return True
    crowded_out = sum(run.involuntary_switches or 0 for run in runs)
    return crowded_out > sum(run.voluntary_switches or 0 for run in runs)
