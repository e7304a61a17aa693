"""What the counts of several processes say together."""

from typing import Any

import pytest

from clients.loadtest import report
from clients.loadtest.conductor import Outcome
from clients.loadtest.meter import Usage
from clients.loadtest.mirror import Faults, Mirror
from clients.loadtest.options import Options
from clients.loadtest.tally import Tally


def counted(**facts: Any) -> Tally:
    tally = Tally(measured_s=2.0, connect_s=0.5, sent=10, accepted=10, deliveries=100, welcomes=20, **facts)
    for milliseconds in range(1, 101):
        tally.to_delivery.record(milliseconds * 1000)
    return tally


def outcome(tally: Tally) -> Outcome:
    usage = {
        "ready": Usage(1.0, 50_000_000),
        "connected": Usage(1.5, 51_000_000),
        "measuring": Usage(2.0, 52_000_000),
        "measured": Usage(3.5, 53_000_000),
    }
    return Outcome(tally, 0.7, usage, 54_000_000)


def test_rates_are_over_the_measured_time() -> None:
    found = report.result("rooms", Options(sockets=100), outcome(counted()))
    assert found["messages"]["perSecond"] == 5
    assert found["deliveries"]["perSecond"] == 50
    assert found["gateway"] == {
        "cpuSeconds": 1.5,
        "rssBytes": 53_000_000,
        "peakRssBytes": 54_000_000,
        "bytesPerSocket": 10_000,
    }


def test_processes_measure_the_same_time_and_add_their_counts() -> None:
    both = counted()
    both.add(counted(lost=1))
    found = report.result("rooms", Options(), outcome(both))
    assert found["measuredSeconds"] == 2
    assert found["messages"]["perSecond"] == 10
    assert found["latencyMs"]["delivery"]["count"] == 200
    assert found["latencyMs"]["delivery"]["p50"] == pytest.approx(50, rel=1 / 64)
    assert found["lost"] == 1


@pytest.mark.parametrize("fault", ["lost", "duplicates", "reordered", "not_recovered"])
def test_any_fault_spoils_the_result(fault: str) -> None:
    assert report.result("rooms", Options(), outcome(counted()))["ok"]
    assert not report.result("rooms", Options(), outcome(counted(**{fault: 1})))["ok"]


def mirrored(**facts: Any) -> Outcome:
    found = outcome(counted())
    found.mirror = Mirror(calls=10, events=40, behind_s=1.5, cpu_s=0.2, faults=Faults(**facts))
    for events in (1, 1, 38):
        found.mirror.per_call.record(events)
    return found


def test_calls_of_webhooks_are_counted_over_the_measured_time() -> None:
    found = report.result("webhooks", Options(), mirrored())
    assert found["ok"]
    assert found["webhooks"]["calls"] == {"count": 10, "perSecond": 5}
    assert found["webhooks"]["events"] == {"count": 40, "perSecond": 20}
    assert found["webhooks"]["eventsPerCall"] == {"mean": 4, "p50": 1, "max": 38}


@pytest.mark.parametrize("fault", ["lost", "undelivered", "reordered", "unknown", "unsigned"])
def test_what_a_webhook_heard_wrongly_spoils_the_result(fault: str) -> None:
    found = report.result("webhooks", Options(), mirrored(**{fault: 7}))
    assert not found["ok"]
    assert found["webhooks"].get(fault, found["webhooks"]["signatures"]["wrong"]) == 7
    assert " 7" in report.page(found).splitlines()[-2]


def test_a_webhook_may_be_told_twice() -> None:
    found = report.result("webhooks", Options(), mirrored(repeated=7))
    assert found["ok"]
    assert "repeated 7" in report.page(found)


def test_the_page_names_what_went_wrong() -> None:
    tally = counted(lost=3)
    tally.errors["too_many_requests"] += 2
    tally.goodbyes[4008] += 1
    page = report.page(report.result("rooms", Options(), outcome(tally)))
    assert "lost 3" in page
    assert "error too_many_requests: 2" in page
    assert "goodbye 4008: 1" in page
    assert "FAULTY" in page


def test_the_page_leaves_out_what_did_not_occur() -> None:
    page = report.page(report.result("idle", Options(), outcome(Tally(welcomes=5))))
    assert "messages" not in page
    assert "sent to delivered" not in page


def test_a_gateway_that_cannot_be_seen_has_no_figures() -> None:
    found = report.result("rooms", Options(), Outcome(counted()))
    assert found["gateway"] is None
    assert "could not be seen" in report.page(found)
