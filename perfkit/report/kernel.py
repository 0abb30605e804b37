"""A kernel of the running interpreter, whatever kernels and settings the user has.

Imported when a notebook is run only, since it loads jupyter_client.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from traitlets import default

from perfkit.bench.documents import CALLER
from perfkit.bench.progress import AS_STREAM

__all__ = ["KERNEL_NAME", "manager_class"]

KERNEL_NAME = "python3"


def manager_class(notebook_folder: str, settings_folder: str) -> type[AsyncKernelManager]:
    """A kernel manager for one run.

    Parameters
    ----------
    notebook_folder : str
        From where the notebook's documents are looked for, beside the working folder.
    settings_folder : str
        An empty folder that stands in for the user's IPython settings and start-up files.
    """
    # A kernel must import this perfkit, also where it is not installed.
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    path = os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")]))
    spec = KernelSpec(
        argv=[
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--log-level=CRITICAL",
        ],
        display_name="Python (perfkit report)",
        language="python",
        env={
            "IPYTHONDIR": settings_folder,
            "PYTHONSTARTUP": "",
            "PYTHONPATH": path,
            CALLER: notebook_folder,
            AS_STREAM: "1",  # papermill passes it on to who waits for the report
        },
        metadata={},
    )

    class OwnSpecs(KernelSpecManager):
        def get_kernel_spec(self, kernel_name: str) -> KernelSpec:  # noqa: ARG002 - one for any name
            return spec

    class OwnKernelManager(AsyncKernelManager):
        if sys.platform != "win32":
            # Sockets in our own folder: no port that others on the machine could talk to,
            # and a path short enough for a socket's name.
            transport = "ipc"
            connection_file = os.path.join(settings_folder, "kernel.json")

        @default("kernel_spec_manager")
        def _own_specs(self) -> Any:
            return OwnSpecs(parent=self)

    return OwnKernelManager
