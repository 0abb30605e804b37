"""Which column a word of a row stands in: bands of numbers matched to the headings.

A number need not stand under its heading's letters: it may be aligned left, right or
centred, and one column's numbers may reach under the next heading. So the numbers of all
rows are gathered into bands that no number crosses, and the bands are matched to the
headings in order.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from perfkit.tables.headings import Heading, Headings
from perfkit.tables.vocabulary import MONEY_FIELDS, QUANTITY_FIELDS

__all__ = [
    "SAME_EDGE_POINTS",
    "Band",
    "Columns",
    "bands_of",
    "beside_flags",
    "flag_columns",
    "match_columns",
]

NUMBER_FIELDS = frozenset({*QUANTITY_FIELDS, *MONEY_FIELDS})
#: An edge is the same as another within so many points.
SAME_EDGE_POINTS = 3.0
#: A band further than this from a heading, in points, is not that heading's.
FARTHEST_POINTS = 45.0
#: Numbers not seen when the columns were learned may stand this far outside, in points.
MARGIN_POINTS = 6.0
#: What a band that no heading takes costs in the matching, in points of distance.
UNMATCHED_COST = 60.0
#: Between a number and the next column's heading there are at most so many points; numbers
#: that are not in line with their headings are so much less likely, in points.
PADDING_POINTS, OPPOSED_COST = 10.0, 4.0
#: A heading over a column of short codes has at most so many letters.
LONGEST_FLAG = 12


class Band(NamedTuple):
    """An extent in x, in points, that words share; ``members`` of them."""

    x0: float
    x1: float
    members: int


class Columns(NamedTuple):
    """The number columns of a table: ``fields[k]`` stands between ``edges[k - 1]`` and ``[k]``."""

    edges: list[float]
    fields: list[str | None]
    headings: tuple[Heading, ...]

    def field_at(self, x: float) -> str | None:
        """The field whose numbers stand at this x; None beside the number columns."""
        return self.fields[bisect_right(self.edges, x)]


def bands_of(extents: Iterable[tuple[float, float]]) -> list[Band]:
    """Join extents that overlap."""
    bands: list[Band] = []
    x0 = x1 = 0.0
    count = 0
    for low, high in sorted(extents):
        if count and low < x1:
            count += 1
            x1 = max(x1, high)
        else:
            if count:
                bands.append(Band(x0, x1, count))
            x0, x1, count = low, high, 1
    if count:
        bands.append(Band(x0, x1, count))
    return bands


def match_columns(headings: Headings, extents: list[tuple[float, float]]) -> Columns:
    """Columns for the numbers of a page's rows.

    Parameters
    ----------
    headings : Headings
        The table's headings.
    extents : list of (x0, x1)
        Where the numbers of all rows stand, in points.
    """
    wanted = [heading for heading in headings.columns if heading.field in NUMBER_FIELDS]
    pairs = _in_plain_sight(wanted, bands_of(set(extents)))
    if pairs is None:
        # Only here it counts how many numbers a band has.
        bands = bands_of(extents)
        pairs = _one_each(wanted, bands)
        if pairs is None:
            _, pairs = min(
                (_best_match(wanted, bands, costs) for costs in _costs(headings, wanted, bands)),
                key=lambda match: match[0],
            )
    edges: list[float] = []
    fields: list[str | None] = [None]
    zones = [
        (band or Band(heading.x0, heading.x1, 0), heading.field)
        for heading, band in zip(wanted, pairs, strict=True)
    ]
    for index, (zone, field) in enumerate(zones):
        before = zones[index - 1][0].x1 if index else zone.x0 - 2 * MARGIN_POINTS
        after = zones[index + 1][0].x0 if index + 1 < len(zones) else zone.x1 + 2 * MARGIN_POINTS
        left = max(zone.x0 - MARGIN_POINTS, (before + zone.x0) / 2)
        right = min(zone.x1 + MARGIN_POINTS, (zone.x1 + after) / 2)
        edges += (max(left, edges[-1]) if edges else left, right)
        fields += (field, None)
    return Columns(edges, fields, headings.columns)


def _in_plain_sight(wanted: list[Heading], bands: list[Band]) -> list[Band | None] | None:
    """Each heading's band where every band lies under exactly one heading; else None."""
    found: list[Band | None] = [None] * len(wanted)
    extents = [(index, heading[1], heading[2]) for index, heading in enumerate(wanted)]
    for band in bands:
        low, high, _ = band
        under = -1
        for index, x0, x1 in extents:
            if x0 < high and low < x1:
                if under >= 0:
                    return None
                under = index
        if under < 0 or found[under] is not None:
            return None
        found[under] = band
    return found


def _one_each(wanted: list[Heading], bands: list[Band]) -> list[Band | None] | None:
    """The bands in their order where there are as many as headings; else None.

    Cells may be aligned otherwise than their headings, and so stand under the one beside it,
    but not past that.
    """
    if len(bands) != len(wanted):
        return None
    before, after = [None, *wanted[:-1]], [*wanted[1:], None]
    for band, heading, left, right in zip(bands, wanted, before, after, strict=True):
        past = (left and band.x1 <= left.x0) or (right and band.x0 >= right.x1)
        within = right is not None and heading.x0 <= band.x0 < right.x0
        if past or (_apart(heading, band) > FARTHEST_POINTS and not within):
            return None
    return list(bands)


def _best_match(
    wanted: list[Heading], bands: list[Band], costs: list[list[float]]
) -> tuple[float, list[Band | None]]:
    """Each heading's band, or None, so that the order is kept and the cost is least.

    ``costs[h][b]`` is the distance, in points, of band ``b`` from standing in line with
    heading ``h``; with the match comes what it costs.
    """
    most = max((band.members for band in bands), default=1)
    # cost[k] = (least cost, bands chosen) over the headings so far and the first k bands.
    cost: list[tuple[float, tuple[Band | None, ...]]] = [(0.0, ())]
    for band in bands:
        cost.append((cost[-1][0] + UNMATCHED_COST * band.members / most, ()))
    for distances, _ in zip(costs, wanted, strict=True):
        following = [(cost[0][0], (*cost[0][1], None))]
        for k, band in enumerate(bands, start=1):
            weight = band.members / most
            spent, chosen = cost[k - 1]
            options = [
                (cost[k][0], (*cost[k][1], None)),
                (following[-1][0] + UNMATCHED_COST * weight, following[-1][1]),
                (spent + distances[k - 1] * weight, (*chosen, band)),
            ]
            following.append(min(options, key=lambda option: option[0]))
        cost = following
    return cost[-1][0], list(cost[-1][1])


def _costs(headings: Headings, wanted: list[Heading], bands: list[Band]) -> list[list[list[float]]]:
    """Distances of bands from headings, by each way that cells may be aligned."""
    columns = headings.columns
    in_line = [[_distance(heading, band) for band in bands] for heading in wanted]
    # Headings at the left of their columns and numbers at the right, or the other way round:
    # a number reaches to where the next heading begins, or from where the last one ends.
    ends = [
        min((other.x0 for other in columns if other.x0 > heading.x0), default=None)
        for heading in wanted
    ]
    starts = [
        max((other.x1 for other in columns if other.x1 < heading.x1), default=None)
        for heading in wanted
    ]
    right = [
        [_opposed(heading, band, heading.x0, band.x1, end) for band in bands]
        for heading, end in zip(wanted, ends, strict=True)
    ]
    left = [
        [
            _opposed(heading, band, -heading.x1, -band.x0, None if start is None else -start)
            for band in bands
        ]
        for heading, start in zip(wanted, starts, strict=True)
    ]
    return [in_line, right, left]


def _opposed(heading: Heading, band: Band, start: float, reach: float, end: float | None) -> float:
    """How far a number's edge is from the far side of a column that runs from start to end."""
    if reach < start or _apart(heading, band) > FARTHEST_POINTS:
        return float("inf")
    if end is None:
        return 0.0
    return max(0.0, reach - end, end - reach - PADDING_POINTS) + OPPOSED_COST


def _distance(heading: Heading, band: Band) -> float:
    """How far, in points, numbers are from standing in line with a heading."""
    apart = _apart(heading, band)
    if apart > FARTHEST_POINTS:
        return float("inf")
    aslant = min(
        abs(heading.x0 - band.x0),
        abs(heading.x1 - band.x1),
        abs(heading.x0 + heading.x1 - band.x0 - band.x1) / 2,
    )
    return apart + aslant


def _apart(heading: Heading, band: Band) -> float:
    """The gap, in points, between a heading and a band beside it."""
    return max(0.0, heading.x0 - band.x1, band.x0 - heading.x1)


def flag_columns(headings: tuple[Heading, ...], code_x0: float) -> list[tuple[float, float]]:
    """Where codes under headings of no field stand: half-way to the headings beside them."""
    found = []
    left = code_x0 + SAME_EDGE_POINTS
    for heading in headings:
        if heading.field is None and heading.x0 > left and len(heading.text) <= LONGEST_FLAG:
            before = max((h.x1 for h in headings if h.x1 <= heading.x0), default=heading.x0)
            after = min((h.x0 for h in headings if h.x0 >= heading.x1), default=heading.x1)
            found.append(((before + heading.x0) / 2, (heading.x1 + after) / 2))
    return found


def beside_flags(headings: tuple[Heading, ...]) -> list[tuple[float, float]]:
    """What lies between the headings beside each one of no field."""
    ends = [*(heading.x0 for heading in headings[2:]), float("inf")]
    return [
        (before.x1, end)
        for before, heading, end in zip(headings, headings[1:], ends, strict=False)
        if heading.field is None
    ]
