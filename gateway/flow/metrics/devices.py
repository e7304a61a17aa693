"""Devices in numbers: sockets, what they are told and how soon, and what they are refused."""

from typing import Final

from gateway.domain import goodbyes
from gateway.flow.metrics.row import Histogram, Labelled, Metric, Reading, Row, one


def _goodbyes(it: Reading) -> Labelled:
    said = it.flow.meter.goodbyes
    return (((str(goodbye.code),), said[goodbye.code]) for goodbye in goodbyes.TABLE)


def _resumes(it: Reading) -> Labelled:
    resumes = it.flow.meter.resumes
    return ((("true",), resumes[True]), (("false",), resumes[False]))


def _refusals(it: Reading) -> Labelled:
    return sorted(it.flow.meter.refusals.items())


def _turned_away(it: Reading) -> Labelled:
    return sorted(((limit,), times) for limit, times in it.flow.admission.turned_away.items() if times)


DEVICES: Final[tuple[Row, ...]] = (
    Metric("gateway_devices", "gauge", (), "Devices that are connected", one(lambda it: len(it.flow.hub))),
    Metric(
        *("gateway_sockets", "gauge", (), "Device sockets that are open, those that have not said hello included"),
        one(lambda it: it.flow.meter.sockets),
    ),
    Metric(
        *("gateway_connects_total", "counter", (), "Device sockets that were opened"),
        one(lambda it: it.flow.meter.connects),
    ),
    Metric(
        *("gateway_welcomes_total", "counter", (), "Devices that were welcomed"),
        one(lambda it: it.flow.meter.welcomes),
    ),
    Metric(
        *("gateway_resumes_total", "counter", ("recovered",)),
        "Positions that devices showed, by whether all since was told (`true`) or is to be read again (`false`)",
        _resumes,
    ),
    Metric(
        *("gateway_goodbyes_total", "counter", ("code",), "Devices that were said goodbye to, by close code"),
        _goodbyes,
    ),
    Metric(
        *("gateway_deliveries_total", "counter", (), "Events that were handed to a device, once for each device"),
        one(lambda it: it.flow.meter.deliveries),
    ),
    Histogram(
        "gateway_group_commands",
        "Commands that were committed together",
        lambda it: it.flow.meter.groups,
    ),
    Histogram(
        "gateway_commit_lag_seconds",
        "Seconds from when a command lined up until it was on disk",
        lambda it: it.flow.meter.commit_lags,
    ),
    Histogram(
        "gateway_push_lag_seconds",
        "Seconds from a commit until what it made happen was written to the devices' sockets, for each delivery",
        lambda it: it.flow.meter.push_lags,
    ),
    Metric(
        *("gateway_unsent_bytes", "gauge", (), "Bytes for devices that the network has not taken yet"),
        one(lambda it: sum(it.open.unsent())),
    ),
    Metric(
        *("gateway_unsent_bytes_most", "gauge", (), "Of these, how many wait for the device with the most"),
        one(lambda it: max(it.open.unsent(), default=0)),
    ),
    Metric(
        *("gateway_refusals_total", "counter", ("door", "code")),
        "Requests and commands that were refused, by where (`rest`, `socket`) and the code of the refusal",
        _refusals,
    ),
    Metric(
        *("gateway_turned_away_total", "counter", ("limit",)),
        "Connects, devices and requests that met a limit: `connects` and `strangers` of an address, `sockets` and "
        "`connections` in all, `sockets_of_user`, requests of a `key` or a `user`",
        _turned_away,
    ),
)
