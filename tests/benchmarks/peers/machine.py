"""The machine a comparison was run on, in words."""

from __future__ import annotations

import os
import platform
from pathlib import Path

CPUS = Path("/proc/cpuinfo")


def description() -> str:
    """Such as `2 cores of Intel Xeon, Linux 6.1`."""
    cores = os.cpu_count() or 1
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{cores} core{'' if cores == 1 else 's'} of {_processor()}, {platform.system()} {kernel}"


def load() -> float:
    """How many processes ran in the last minute, on average."""
    return os.getloadavg()[0]


def _processor() -> str:
    lines = CPUS.read_text().splitlines() if CPUS.exists() else []
    named = next((line.partition(":")[2] for line in lines if line.startswith("model name")), platform.machine())
    return " ".join(named.replace("(R)", "").replace("(TM)", "").replace(" CPU", "").split())
