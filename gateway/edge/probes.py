"""Health, readiness and metrics."""

from collections.abc import Iterator
from math import isinf
from typing import Final, NamedTuple

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

from gateway.domain import errors
from gateway.edge.http import answer, refused
from gateway.edge.own_device import Finding, OwnDevice
from gateway.edge.sockets import Doors
from gateway.flow.floor import Flow
from gateway.flow.metrics import METRICS, Histogram, Metric, Reading, Readings

Numbers = CounterMetricFamily | GaugeMetricFamily
Family = Numbers | HistogramMetricFamily

STOPPING: Final = Finding({}, "stop", "The gateway is stopping")  # said while devices are still sent away
FAMILIES: Final = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily}


class Exposition(NamedTuple):
    """A reading, in the words of Prometheus."""

    reading: Reading

    def collect(self) -> Iterator[Family]:
        for metric in METRICS:
            if isinstance(metric, Histogram):
                yield _histogram(metric, self.reading)
            else:
                yield _family(metric, self.reading)


def _family(metric: Metric, reading: Reading) -> Numbers:
    family: Numbers = FAMILIES[metric.kind](metric.name, metric.sentence, labels=metric.labels)
    for labels, value in metric.read(reading):
        family.add_metric(labels, value)
    return family


def _histogram(metric: Histogram, reading: Reading) -> HistogramMetricFamily:
    spread = metric.read(reading)
    family = HistogramMetricFamily(metric.name, metric.sentence, labels=())
    family.add_metric((), [(_bound(seconds), count) for seconds, count in spread.up_to()], spread.sum)
    return family


def _bound(seconds: float) -> str:
    return "+Inf" if isinf(seconds) else str(seconds)


def routes(flow: Flow, doors: Doors, device: OwnDevice, prefix: str) -> list[web.RouteDef]:
    readings = Readings(flow, doors)

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(_: web.Request) -> web.Response:
        found = STOPPING if doors.closing else await device.look()
        if found.failed is None:
            return answer(200, {"status": "ready", "tookMs": found.took_ms})
        said = {"status": "not ready", "failed": found.failed, "why": found.why, "tookMs": found.took_ms}
        return answer(503, {**said, **refused(errors.UNAVAILABLE)})

    async def metrics(_: web.Request) -> web.Response:
        body = generate_latest(Exposition(await readings()))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [
        web.get(f"{prefix}/healthz", alive),
        web.get(f"{prefix}/readyz", ready),
        web.get(f"{prefix}/metrics", metrics),
    ]
