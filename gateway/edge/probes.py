"""Health, readiness and metrics."""

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from gateway.domain import errors
from gateway.edge.http import refusal
from gateway.flow.floor import Flow


class Readings:
    """What the gateway knows of itself, read when it is asked."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def collect(self) -> list[GaugeMetricFamily]:
        devices = GaugeMetricFamily("gateway_devices", "Devices that are connected")
        devices.add_metric([], len(self._flow.hub))
        return [devices]


def routes(flow: Flow, prefix: str) -> list[web.RouteDef]:
    registry = CollectorRegistry()
    registry.register(Readings(flow))

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(_: web.Request) -> web.Response:
        if not await flow.store.ready():
            return refusal(errors.UNAVAILABLE)
        return web.json_response({"status": "ready"})

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [
        web.get(f"{prefix}/healthz", alive),
        web.get(f"{prefix}/readyz", ready),
        web.get(f"{prefix}/metrics", metrics),
    ]
