"""The comparison as a picture: four small charts with the same rows, their axes from nought."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.peers.report import LOADED, Measure, count, limited, measures
from tests.benchmarks.peers.result import Found, Result

INK: Final = "#1f2328"
QUIET: Final = "#656d76"
LINE: Final = "#d8dee4"
COLOURS: Final = {"product": "#c2410c", "durable": "#0f766e", "bare": "#94a3b8", "floor": "#cbd5e1"}
MEANINGS: Final = {
    "product": "Heliograph: on disk, authorised, everything",
    "durable": "a row on disk for every message",
    "bare": "in memory alone",
    "floor": "fan-out alone: no JSON, no rules",
}
DIGEST: Final = "Result"  # the picture's own note of the figures it was drawn from


def draw(result: Result, digest: str, file: Path) -> None:
    """Writes it as PNG. Raises `ImportError` without matplotlib, which `pip install '.[benchmark]'` brings."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    with plt.rc_context({"font.size": 10, "font.family": "DejaVu Sans", "text.color": INK, "axes.edgecolor": LINE}):
        figure, places = plt.subplots(2, 2, figsize=(11, 7.2), layout="constrained")
        figure.get_layout_engine().set(h_pad=0.12, w_pad=0.12, rect=(0, 0.035, 1, 0.865))
        for measure, place in zip(measures(result.plan), places.flat, strict=True):
            _bars(place, measure, result.measured)
        _words(figure, result)
        drawn = BytesIO()
        figure.savefig(drawn, dpi=130)
        plt.close(figure)
    _save(drawn, digest, file)


def _save(drawn: BytesIO, digest: str, file: Path) -> None:
    """A picture of few colours takes little space."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    notes = PngInfo()
    notes.add_text(DIGEST, digest)
    with Image.open(drawn) as picture:
        picture.convert("RGB").quantize(96).save(file, "PNG", optimize=True, pnginfo=notes)


def _bars(place: Any, measure: Measure, peers: Sequence[Found]) -> None:
    from matplotlib.ticker import MaxNLocator

    shown = [it for it in peers if measure.missing != "–" or measure.value(it) is not None]
    values = [measure.value(it) for it in shown]
    longest = max((it for it in values if it is not None), default=1.0)
    places = range(len(shown))
    colours = [COLOURS[it.kind] for it in shown]
    place.barh(places, [it or 0 for it in values], color=colours, height=0.68)
    for at, (found, value) in enumerate(zip(shown, values, strict=True)):
        is_limited = limited(found) and measure.better == "more"
        place.text(
            (value or 0) + longest * 0.015, at, ("≥ " if is_limited else "") + measure.shown(found),
            va="center", color=INK if value is not None else QUIET, fontsize=9,
            style="normal" if value is not None else "italic", weight="bold" if found.kind == "product" else "normal",
        )  # fmt: skip
    place.set_yticks(places, [it.name for it in shown])
    for label, found in zip(place.get_yticklabels(), shown, strict=True):
        label.set_weight("bold" if found.kind == "product" else "normal")
    place.set_ylim(len(peers) - 0.5, -0.5)
    place.set_xlim(0, longest * 1.18)
    place.set_title(f"{measure.title}", loc="left", fontsize=11.5, weight="bold", pad=16)
    place.text(
        0, 1.025, f"{measure.unit}, {measure.better} is better", transform=place.transAxes, color=QUIET, fontsize=9
    )
    place.xaxis.set_major_locator(MaxNLocator(nbins=5))
    place.xaxis.set_major_formatter("{x:,.0f}")
    place.tick_params(axis="x", colors=QUIET, length=0, labelsize=8.5)
    place.tick_params(axis="y", length=0)
    place.grid(axis="x", color=LINE, linewidth=0.8)
    place.set_axisbelow(True)
    for side in ("top", "right", "bottom"):
        place.spines[side].set_visible(False)


def _words(figure: Any, result: Result) -> None:
    from matplotlib.patches import Patch

    plan = result.plan
    figure.text(0.012, 0.968, "Side by side: rooms of ten, everybody hears everybody", fontsize=15, weight="bold")
    figure.legend(
        handles=[Patch(color=COLOURS[kind], label=MEANINGS[kind]) for kind in MEANINGS],
        loc="upper left", bbox_to_anchor=(0.004, 0.962), ncols=4, frameon=False, fontsize=9.5, handlelength=1,
        columnspacing=1.6, handleheight=1,
    )  # fmt: skip
    busy = f"  Busy meanwhile: load {result.load:.1f}." if result.load > LOADED else ""
    figure.text(
        0.012, 0.018,
        f"{plan.sockets:,} sockets, {plan.text_bytes}-byte texts, one process each, "
        f"best of {count(result.rounds, 'round')}.  {result.machine}, with the generator, {result.date[:10]}.{busy}",
        fontsize=9, color=QUIET,
    )  # fmt: skip
