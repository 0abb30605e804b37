"""A difference as a flame graph and as tables."""

from __future__ import annotations

from perfkit.bench.formatting import figure
from perfkit.bench.html import Column, table
from perfkit.profiling.changes import Change
from perfkit.profiling.difference import Difference
from perfkit.profiling.flame import Flame, flame_of_tree
from perfkit.profiling.tree import Node, call_tree

__all__ = ["difference_flame", "difference_tables"]

_MOST_ROWS = 25
#: A p-value below it is told as such.
_LEAST_P = 0.001
#: Change over the whole, from which a frame has this colour: more in red, less in blue.
_MORE = ((0.05, "#f28b82"), (0.005, "#fad2cf"))
_LESS = ((0.05, "#8ab4f0"), (0.005, "#d2e3fc"))
_SAME = "#ececef"
_LEGENDS = ((_MORE[0][1], "takes more"), (_SAME, "as before"), (_LESS[0][1], "takes less"))


def difference_flame(found: Difference) -> Flame:
    """Both sides in one graph: widths are means of both, colours say which takes more."""
    root = call_tree(found.after, by_line=False)
    call_tree(found.before, by_line=False, before=root)
    whole = root.before or 1.0
    _set_means(root)

    def fill(node: Node) -> str:
        share = (node.after - node.before) / whole
        for least, colour in _MORE if share > 0 else _LESS:
            if abs(share) >= least:
                return colour
        return _SAME

    def about(node: Node) -> str:
        change = node.after - node.before
        return (
            f"{node.name}: {figure(node.before)} to {figure(node.after)} {found.unit}, "
            f"{100 * change / whole:+.3g} % of the whole"
            f"{' · ' + node.where if node.where else ''}"
        )

    return flame_of_tree(
        root,
        unit=found.unit,
        title=f"{found.work} against {found.baseline}: who takes more, who takes less",
        sentence=found.sentence(),
        alternative=f"Differential flame graph: {found.sentence()}",
        fill=fill,
        about=about,
        legends=_LEGENDS,
    )


def _set_means(node: Node) -> None:
    node.after = node.amount
    node.amount = (node.amount + node.before) / 2
    for below in node.children.values():
        _set_means(below)


def difference_tables(found: Difference) -> str:
    """Functions and lines with their change and its interval, what is proved first."""
    return _table("Functions", found.functions, found.unit) + _table(
        "Lines", found.lines, found.unit
    )


def _table(caption: str, changes: tuple[Change, ...], unit: str) -> str:
    columns = [
        Column("function" if caption == "Functions" else "line"),
        Column("file"),
        Column(f"{unit} before", numeric=True),
        Column("after", numeric=True),
        Column("change", numeric=True),
        Column("of the whole", numeric=True),
        Column("p (Holm)", numeric=True),
        Column("verdict"),
    ]
    rows = [
        [
            each.where.source or each.where.function,
            each.where.file,
            figure(each.before),
            figure(each.after),
            f"{each.change.value:+.3g} [{each.change.low:+.3g}, {each.change.high:+.3g}]",
            f"{100 * each.share:+.3g} %",
            figure(each.p_adjusted, 2) if each.p_adjusted >= _LEAST_P else f"< {_LEAST_P:g}",
            each.word,
        ]
        for each in changes[:_MOST_ROWS]
    ]
    left = len(changes) - len(rows)
    more = f"; {left:,} more in frame()" if left > 0 else ""
    title = f"{caption} by what they take themselves in a run, both sides{more}"
    return table(title, columns, rows)
