"""What a run found, as one JSON object and as a page to read."""

from __future__ import annotations

from typing import Any, Final

from clients.loadtest.conductor import Outcome
from clients.loadtest.histogram import Histogram
from clients.loadtest.options import Options, Scenario

PERCENTILES: Final = (50, 95, 99)
MARKS: Final = ("measuring", "measured")
LATENCIES: Final = {
    "delivery": "sent to delivered",
    "answer": "sent to answered",
    "welcome": "connect to welcome",
    "caughtUp": "connect to caught up",
}


def result(scenario: Scenario, options: Options, outcome: Outcome) -> dict[str, Any]:
    """The result object. Times in milliseconds where the name says `Ms`, in seconds where it says so."""
    tally = outcome.tally
    seconds = tally.measured_s or 1.0
    return {
        "scenario": scenario,
        "ok": tally.faultless,
        "sockets": options.sockets,
        "roomSize": options.room_size,
        "textBytes": options.text_bytes,
        "processes": options.processes,
        "measuredSeconds": round(tally.measured_s, 3),
        "connectSeconds": round(tally.connect_s, 3),
        "messages": {
            "sent": tally.sent,
            "accepted": tally.accepted,
            "perSecond": round(tally.accepted / seconds, 1),
        },
        "deliveries": {"count": tally.deliveries, "perSecond": round(tally.deliveries / seconds, 1)},
        "connects": {"count": tally.welcomes, "perSecond": round(connects_per_second(scenario, outcome), 1)},
        "latencyMs": {
            "delivery": latencies(tally.to_delivery),
            "answer": latencies(tally.to_answer),
            "welcome": latencies(tally.to_welcome),
            "caughtUp": latencies(tally.to_caught_up),
        },
        "lost": tally.lost,
        "duplicates": tally.duplicates,
        "reordered": tally.reordered,
        "notRecovered": tally.not_recovered,
        "errors": dict(tally.errors),
        "goodbyes": {str(code): count for code, count in tally.goodbyes.items()},
        "gateway": gateway(options, outcome),
        "generator": {"cpuSeconds": round(outcome.generator_cpu_s, 2)},
    }


def latencies(histogram: Histogram) -> dict[str, float]:
    """Count, percentiles and the longest, in milliseconds."""
    points = {f"p{percent}": histogram.percentile(percent) / 1000 for percent in PERCENTILES}
    return {"count": histogram.count, **points, "max": histogram.longest / 1000}


def connects_per_second(scenario: Scenario, outcome: Outcome) -> float:
    """Welcomes a second: in the measured time where connecting is the load, else while all connected."""
    tally = outcome.tally
    if scenario == "connects":
        return tally.welcomes / (tally.measured_s or 1.0)
    if scenario == "resume":
        return tally.to_caught_up.count / (tally.measured_s or 1.0)
    return tally.to_welcome.count / (tally.connect_s or 1.0)


def gateway(options: Options, outcome: Outcome) -> dict[str, float] | None:
    """Its processor time over the measured time, and its memory; `None` when it could not be measured."""
    usage = outcome.usage
    if not usage:
        return None
    began, ended = (usage[mark] for mark in MARKS)
    found = {
        "cpuSeconds": round(ended.cpu_s - began.cpu_s, 2),
        "rssBytes": ended.rss_bytes,
        "peakRssBytes": outcome.peak_rss_bytes,
    }
    if "connected" in usage:
        grown = usage["connected"].rss_bytes - usage["ready"].rss_bytes
        found["bytesPerSocket"] = round(grown / options.sockets)
    return found


def page(found: dict[str, Any]) -> str:
    """The result as a person reads it; what did not occur is left out."""
    lines = [
        f"{found['scenario']}: {found['sockets']:,} sockets, rooms of {found['roomSize']}, "
        f"{found['textBytes']} bytes of text, {found['measuredSeconds']:.1f} s measured",
        "",
        *_count_lines(found),
        "",
        f"  {'latency, ms':<22} {'p50':>9} {'p95':>9} {'p99':>9} {'max':>9} {'count':>11}",
        *_latency_lines(found["latencyMs"]),
        "",
        *(f"  error {code}: {count:,}" for code, count in found["errors"].items()),
        *(f"  goodbye {code}: {count:,}" for code, count in found["goodbyes"].items()),
        _gateway_line(found),
        f"  generator {found['generator']['cpuSeconds']:.1f} s of processor time",
        "",
        f"  lost {found['lost']}, duplicates {found['duplicates']}, reordered {found['reordered']}, "
        f"not recovered {found['notRecovered']}",
        "Every event came once and in order." if found["ok"] else "FAULTY: the line above says how.",
    ]
    return "\n".join(lines)


def _count_lines(found: dict[str, Any]) -> list[str]:
    counts = {
        "connects": (found["connects"]["count"], found["connects"]["perSecond"]),
        "messages": (found["messages"]["accepted"], found["messages"]["perSecond"]),
        "deliveries": (found["deliveries"]["count"], found["deliveries"]["perSecond"]),
    }
    return [f"  {name:<12} {count:>11,} {rate:>11,.0f} /s" for name, (count, rate) in counts.items() if count]


def _latency_lines(latency: dict[str, dict[str, float]]) -> list[str]:
    return [_latency_line(name, latency[key]) for key, name in LATENCIES.items() if latency[key]["count"]]


def _latency_line(name: str, points: dict[str, float]) -> str:
    columns = " ".join(f"{points[key]:>9,.2f}" for key in ("p50", "p95", "p99", "max"))
    return f"  {name:<22} {columns} {points['count']:>11,}"


def _gateway_line(found: dict[str, Any]) -> str:
    usage = found["gateway"]
    if usage is None:
        return "  the gateway's process could not be seen"
    seconds = found["measuredSeconds"] or 1.0
    line = (
        f"  gateway {usage['cpuSeconds']:.1f} s of processor time ({usage['cpuSeconds'] / seconds:.0%}), "
        f"{usage['rssBytes'] / 2**20:,.0f} MiB (at most {usage['peakRssBytes'] / 2**20:,.0f})"
    )
    if "bytesPerSocket" in usage:
        line += f", {usage['bytesPerSocket'] / 1024:.1f} KiB a socket"
    return line
