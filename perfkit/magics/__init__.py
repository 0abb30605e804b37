"""Magics: ``%perfkit NAME ...`` in a notebook is the module of that name in this folder.

``%load_ext perfkit`` makes them known. Each module offers :func:`run`, as
:class:`MagicModule` says; a third party adds one through an entry point of the group
``perfkit.magics``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["MagicModule"]


class MagicModule(Protocol):
    """What a module of this folder offers. The first line of its docstring is its help."""

    def run(self, shell: InteractiveShell, line: str, cell: str | None) -> object:
        """Do what was asked; what is returned is the cell's result, and shown.

        Parameters
        ----------
        shell : InteractiveShell
            Whose namespace the user's names are in.
        line : str
            What stands behind the name, in its line.
        cell : str or None
            The lines below, for ``%%perfkit NAME``; None for ``%perfkit NAME``.

        Raises
        ------
        UsageError
            If the line cannot be understood: IPython shows it without a traceback.
        PerfkitError
            As what it does says.
        """
        ...
