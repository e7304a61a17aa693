"""What the gateway knows of itself, as a table that `/metrics` and the README show."""

from typing import Final

from gateway.flow.metrics.devices import DEVICES
from gateway.flow.metrics.mirror import MIRROR
from gateway.flow.metrics.readings import Readings
from gateway.flow.metrics.row import Histogram, Metric, Open, Reading, Row

METRICS: Final[tuple[Row, ...]] = (*DEVICES, *MIRROR)

__all__ = ["METRICS", "Histogram", "Metric", "Open", "Reading", "Readings", "Row"]
