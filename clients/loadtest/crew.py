"""The generator processes, and the lines to them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

from clients.loadtest.plan import Plan
from clients.loadtest.worker import work

LEAVING_S: Final = 5.0


@contextmanager
def crew(plans: Sequence[Plan]) -> Iterator[list[Connection]]:
    """Starts a process for every plan; none is left when the block ends."""
    context = multiprocessing.get_context("spawn")
    lines, processes = [], []
    try:
        for plan in plans:
            line, far_end = context.Pipe()
            process = context.Process(target=work, args=(plan, far_end), daemon=True)
            process.start()
            far_end.close()
            lines.append(line)
            processes.append(process)
        yield lines
        for process in processes:
            process.join(LEAVING_S)
    finally:
        for process in processes:
            process.kill()
            process.join()
        for line in lines:
            line.close()
