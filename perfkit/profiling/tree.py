"""Stacks put together as a tree of calls, by process; and the tree as HTML that folds."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Iterator

from perfkit.bench.formatting import figure, percent, tied
from perfkit.profiling.stacks import Function, StackProfile

__all__ = ["Node", "call_tree", "tree_html"]

_DEEPEST = 60
#: Of the folded tree: calls below this share are left out, and levels that stand open.
_SMALLEST_SHARE, _OPEN_SHARE, _MOST_NODES = 0.003, 0.5, 400


@dataclasses.dataclass
class Node:
    """A function where it was called from, or a process; amounts in a run, in the unit shown."""

    name: str
    function: Function | None = None
    amount: float = 0.0
    own: float = 0.0
    waiting: bool = False
    #: Of two profiles: amounts on each side.
    before: float = 0.0
    after: float = 0.0
    children: dict[object, Node] = dataclasses.field(default_factory=dict)

    def child(self, key: object, name: str, function: Function | None) -> Node:
        """The node below this one; made where it is not there yet."""
        return self.children.setdefault(key, Node(name, function))

    @property
    def called(self) -> list[Node]:
        """Nodes below, the largest first; processes in their own order."""
        if any(node.function is None for node in self.children.values()):
            return list(self.children.values())
        return sorted(self.children.values(), key=lambda node: -node.amount)

    @property
    def where(self) -> str:
        """File and first line; nothing of a process."""
        if self.function is None:
            return ""
        first = self.function.first_line
        return f"{self.function.file}:{first}" if first else self.function.file


def call_tree(profile: StackProfile, *, by_line: bool = True, before: Node | None = None) -> Node:
    """All stacks as one tree; processes below its root.

    Parameters
    ----------
    by_line : bool
        Whether functions of one name and file are kept apart by their first line; of two
        revisions they cannot be.
    before : Node, optional
        A tree to which this profile is added, as the other side's ``before``.
    """
    root = before or Node(profile.work)
    for place in profile.places:
        root.child(place, place, None)
    for stack in profile.stacks:
        amount = profile.scale * stack.amount
        place = profile.places[stack.place]
        path = [root, root.child(place, place, None)]
        for number in stack.functions[:_DEEPEST]:
            function = profile.functions[number]
            key = function[: 3 if by_line else 2]
            path.append(path[-1].child(key, function.name, function))
        for node in path:
            if before is None:
                node.amount += amount
            else:
                node.before += amount
        path[-1].own += amount
        if profile.is_waiting(stack):
            path[-1].waiting = True
    return root


def tree_html(profile: StackProfile) -> str:
    """The tree as folded lists, which a keyboard opens and a browser's search finds."""
    root = call_tree(profile)
    budget = _nodes_above(root, _MOST_NODES)
    smallest = max(_SMALLEST_SHARE * root.amount, budget)
    parts = "".join(_branch(node, root.amount, profile.unit, smallest) for node in root.called)
    label = html.escape(f"Calls of {profile.work}")
    return (
        f'<details class="perfkit-calls"><summary>{label}, as a tree</summary>'
        f"<ul>{parts}</ul></details>"
    )


def _nodes_above(root: Node, most: int) -> float:
    """The amount that so many nodes at most have."""
    amounts = sorted((node.amount for node in _all(root)), reverse=True)
    return amounts[most] if len(amounts) > most else 0.0


def _all(node: Node) -> Iterator[Node]:
    yield node
    for below in node.children.values():
        yield from _all(below)


def _branch(node: Node, total: float, unit: str, smallest: float) -> str:
    if node.amount < smallest or node.amount <= 0:
        return ""
    share = percent(node.amount / total)
    own = f", {percent(node.own / total)} itself" if node.own and node.children else ""
    where = f' <span class="perfkit-where">{html.escape(node.where)}</span>' if node.where else ""
    waits = " (waiting)" if node.waiting else ""
    said = (
        f'<span class="perfkit-share">{tied(share)}</span> <code>{html.escape(node.name)}</code>'
        f"{where} {tied(f'{figure(node.amount)} {unit}')}{tied(own)}{waits}"
    )
    below = "".join(_branch(each, total, unit, smallest) for each in node.called)
    if not below:
        return f"<li>{said}</li>"
    is_open = " open" if node.amount >= _OPEN_SHARE * total else ""
    return f"<li><details{is_open}><summary>{said}</summary><ul>{below}</ul></details></li>"
