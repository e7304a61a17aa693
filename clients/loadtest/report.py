"""What a run found, as one JSON object and as a page to read."""

from __future__ import annotations

from typing import Any, Final

from clients.loadtest.conductor import Outcome
from clients.loadtest.growth import MOST, Growth, Soaked
from clients.loadtest.histogram import Histogram
from clients.loadtest.mirror import Mirror
from clients.loadtest.options import Options, Scenario

PERCENTILES: Final = (50, 95, 99)
MARKS: Final = ("measuring", "measured")
LATENCIES: Final = {
    "delivery": "sent to delivered",
    "answer": "sent to answered",
    "welcome": "connect to welcome",
    "caughtUp": "connect to caught up",
}
LAGS: Final = {"sent": "sent to webhook", "received": "received to webhook"}


def result(scenario: Scenario, options: Options, outcome: Outcome) -> dict[str, Any]:
    """The result object. Times in milliseconds where the name says `Ms`, in seconds where it says so."""
    tally = outcome.tally
    seconds = tally.measured_s or 1.0
    soaked = Soaked.of(outcome.samples) if scenario == "soak" and outcome.samples else None
    calm = scenario != "soak" or bool(soaked and soaked.is_flat and not tally.errors)
    return {
        "scenario": scenario,
        "ok": tally.faultless and not (outcome.mirror and outcome.mirror.faults.grave) and calm,
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
        "webhooks": outcome.mirror and mirrored(options, outcome.mirror, seconds),
        "gateway": gateway(options, outcome),
        "growth": soaked and {"rssBytes": grown(soaked.rss_bytes), "files": grown(soaked.files)},
        "generator": {"cpuSeconds": round(outcome.generator_cpu_s, 2)},
    }


def latencies(histogram: Histogram) -> dict[str, float]:
    """Count, percentiles and the longest, in milliseconds."""
    points = {f"p{percent}": histogram.percentile(percent) / 1000 for percent in PERCENTILES}
    return {"count": histogram.count, **points, "max": histogram.longest / 1000}


def mirrored(options: Options, mirror: Mirror, seconds: float) -> dict[str, Any]:
    """What the receiver of webhooks counted."""
    faults = mirror.faults
    seconds = mirror.measured_s or seconds
    return {
        "count": options.webhooks,
        "failing": options.failing_webhooks,
        "hanging": options.hanging_webhooks,
        "trickling": options.trickling_webhooks,
        "calls": {"count": mirror.calls, "perSecond": round(mirror.calls / seconds, 1)},
        "events": {"count": mirror.events, "perSecond": round(mirror.events / seconds, 1)},
        "eventsPerCall": {
            "mean": round(mirror.events / (mirror.calls or 1), 2),
            "p50": mirror.per_call.percentile(50),
            "max": mirror.per_call.longest,
        },
        "lagMs": {"sent": latencies(mirror.from_sent), "received": latencies(mirror.from_received)},
        "lost": faults.lost,
        "undelivered": faults.undelivered,
        "reordered": faults.reordered,
        "unknown": faults.unknown,
        "repeated": faults.repeated,
        "signatures": {"checked": mirror.checked, "wrong": faults.unsigned},
        "failedCalls": mirror.failed_calls,
        "hangingCalls": mirror.hanging_calls,
        "tricklingCalls": mirror.trickling_calls,
        "measuredSeconds": round(seconds, 3),
        "openedSeconds": round(mirror.opened_s, 3),
        "behindSeconds": round(mirror.behind_s, 3),
        "receiver": {"cpuSeconds": round(mirror.cpu_s, 2)},
    }


def connects_per_second(scenario: Scenario, outcome: Outcome) -> float:
    """Welcomes a second: in the measured time where connecting is the load, else while all connected."""
    tally = outcome.tally
    if scenario in ("connects", "soak"):
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


def grown(growth: Growth) -> dict[str, float]:
    """What there was once it had warmed up, and at the end, and by how much of itself it grew."""
    return {"began": growth.began, "ended": growth.ended, "share": round(growth.share, 4)}


def page(found: dict[str, Any]) -> str:
    """The result as a person reads it; what did not occur is left out."""
    mirror = found["webhooks"]
    lines = [
        f"{found['scenario']}: {found['sockets']:,} sockets, rooms of {found['roomSize']}, "
        f"{found['textBytes']} bytes of text, {found['measuredSeconds']:.1f} s measured",
        "",
        *_count_lines(found),
        "",
        f"  {'latency, ms':<22} {'p50':>9} {'p95':>9} {'p99':>9} {'max':>9} {'count':>11}",
        *_latency_lines(found["latencyMs"], LATENCIES),
        *(_latency_lines(mirror["lagMs"], LAGS) if mirror else ()),
        "",
        *(f"  error {code}: {count:,}" for code, count in found["errors"].items()),
        *(f"  goodbye {code}: {count:,}" for code, count in found["goodbyes"].items()),
        _gateway_line(found),
        f"  generator {found['generator']['cpuSeconds']:.1f} s of processor time",
        *(_mirror_lines(mirror) if mirror else ()),
        *(_growth_lines(found["growth"]) if found["growth"] else ()),
        "",
        f"  lost {found['lost']}, duplicates {found['duplicates']}, reordered {found['reordered']}, "
        f"not recovered {found['notRecovered']}",
        *([_mirror_faults_line(mirror)] if mirror else ()),
        "Every event came once and in order." if found["ok"] else "FAULTY: the lines above say how.",
    ]
    return "\n".join(lines)


def _count_lines(found: dict[str, Any]) -> list[str]:
    counts = {
        "connects": (found["connects"]["count"], found["connects"]["perSecond"]),
        "messages": (found["messages"]["accepted"], found["messages"]["perSecond"]),
        "deliveries": (found["deliveries"]["count"], found["deliveries"]["perSecond"]),
    }
    if mirror := found["webhooks"]:
        counts |= {key: (mirror[key]["count"], mirror[key]["perSecond"]) for key in ("calls", "events")}
    return [f"  {name:<12} {count:>11,} {rate:>11,.0f} /s" for name, (count, rate) in counts.items() if count]


def _latency_lines(latency: dict[str, dict[str, float]], names: dict[str, str]) -> list[str]:
    return [_latency_line(name, latency[key]) for key, name in names.items() if latency[key]["count"]]


def _latency_line(name: str, points: dict[str, float]) -> str:
    columns = " ".join(f"{points[key]:>9,.2f}" for key in ("p50", "p95", "p99", "max"))
    return f"  {name:<22} {columns} {points['count']:>11,}"


def _mirror_lines(mirror: dict[str, Any]) -> list[str]:
    per_call = mirror["eventsPerCall"]
    waited = f", called {mirror['openedSeconds']:.1f} s after it opened" if mirror["openedSeconds"] else ""
    return [
        f"  receiver {mirror['receiver']['cpuSeconds']:.1f} s of processor time, "
        f"{mirror['behindSeconds']:.1f} s behind at the end{waited}",
        f"  webhooks: {mirror['count']} that take, {mirror['failing']} that fail ({mirror['failedCalls']:,} calls), "
        f"{mirror['hanging']} that hang ({mirror['hangingCalls']:,} calls), "
        f"{mirror['trickling']} that trickle ({mirror['tricklingCalls']:,} calls)",
        f"  events a call: mean {per_call['mean']:.2f}, p50 {per_call['p50']}, max {per_call['max']}",
    ]


def _growth_lines(growth: dict[str, dict[str, float]]) -> list[str]:
    mib, files = ((it["began"], it["ended"], it["share"]) for it in (growth["rssBytes"], growth["files"]))
    return [
        f"  memory from {mib[0] / 2**20:,.1f} to {mib[1] / 2**20:,.1f} MiB ({mib[2]:+.1%}), "
        f"open files from {files[0]:,.0f} to {files[1]:,.0f} ({files[2]:+.1%}); each may grow by less than {MOST:.0%}",
    ]


def _mirror_faults_line(mirror: dict[str, Any]) -> str:
    return (
        f"  webhooks: lost {mirror['lost']:,}, not delivered in time {mirror['undelivered']:,}, "
        f"reordered {mirror['reordered']:,}, unknown {mirror['unknown']:,}; repeated {mirror['repeated']:,}; "
        f"of {mirror['signatures']['checked']:,} signatures wrong {mirror['signatures']['wrong']:,}"
    )


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
