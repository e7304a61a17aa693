"""The comparison as one HTML page that needs nothing else: bars, a table of the same figures, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from tests.benchmarks.peers.chart import COLOURS, MEANINGS
from tests.benchmarks.peers.report import Measure, limited, measures, rows, sentences
from tests.benchmarks.peers.result import Found, Result

DARK: Final = {"product": "#fb923c", "durable": "#2dd4bf", "bare": "#64748b", "floor": "#475569"}
STYLE: Final = """
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --line: #d8dee4; --paper: #fff; LIGHT }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --quiet: #9198a1; --line: #30363d; --paper: #0d1117; NIGHT }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.6rem; margin: 0 0 .25rem }
h2 { font-size: 1.05rem; margin: 0 }
p { margin: .5rem 0; max-width: 60rem }
.quiet { color: var(--quiet) }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; list-style: none; margin: 1rem 0 1.5rem; padding: 0 }
.key i { display: inline-block; width: .8rem; height: .8rem; margin-right: .45rem; border-radius: 2px }
.charts { display: grid; gap: 2rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)) }
figure { margin: 0 }
figure p { margin: 0 0 .6rem; font-size: .875rem }
.row { display: grid; grid-template-columns: 12.5rem 1fr; gap: .75rem; align-items: center; font-size: .875rem;
  line-height: 1.9 }
.row > :first-child { text-align: right }
.product { font-weight: 600 }
.track { display: flex; align-items: center; gap: .5rem; border-left: 1px solid var(--line); white-space: nowrap }
.track i { display: block; height: 1.1rem; border-radius: 0 2px 2px 0 }
.scroll { overflow-x: auto; margin-top: 2.5rem }
table { border-collapse: collapse; font-size: .875rem; width: 100% }
caption { text-align: left; font-weight: 600; padding-bottom: .5rem }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: right; vertical-align: top }
th:first-child, td:nth-child(2), thead th:nth-child(2) { text-align: left }
tbody th { font-weight: 400; white-space: nowrap }
tbody tr:first-child th, tbody tr:first-child td { font-weight: 600 }
td { font-variant-numeric: tabular-nums }
@media (max-width: 34rem) { .row { grid-template-columns: 1fr; gap: 0 } .row > :first-child { text-align: left } }
@media (forced-colors: active) { i { forced-color-adjust: none } }
"""
LONGEST: Final = 78  # per cent of the track, so that the figure has room behind the bar


def html(result: Result, digest: str) -> str:
    """The page. `digest` names the figures it was made from."""
    return "\n".join(_lines(result, digest)) + "\n"


def _lines(result: Result, digest: str) -> Iterator[str]:
    light, dark = (" ".join(f"--{kind}: {colour};" for kind, colour in it.items()) for it in (COLOURS, DARK))
    yield '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta name="result" content="{digest}">\n<title>Heliograph side by side</title>'
    yield f"<style>{STYLE.replace('LIGHT', light).replace('NIGHT', dark)}</style>"
    yield "<h1>Side by side: rooms of ten, everybody hears everybody</h1>"
    yield f'<p class="quiet">{escape(sentences(result)[0]).replace("`", "")}</p>'
    yield '<ul class="key">'
    yield from (f'<li><i style="background: var(--{kind})"></i>{words}</li>' for kind, words in MEANINGS.items())
    yield '</ul>\n<div class="charts">'
    for measure in measures(result.plan):
        yield from _chart(measure, [it for it in result.measured if _is_shown(measure, it)])
    yield '</div>\n<div class="scroll">'
    yield from _table(rows(result))
    yield "</div>"
    yield from (f"<p>{escape(sentence)}</p>" for sentence in sentences(result)[1:])
    yield "</html>"


def _is_shown(measure: Measure, found: Found) -> bool:
    return measure.missing != "–" or measure.value(found) is not None


def _chart(measure: Measure, peers: Sequence[Found]) -> Iterator[str]:
    values = [measure.value(it) for it in peers]
    longest = max((it for it in values if it is not None), default=1.0)
    told = "; ".join(f"{it.name} {measure.shown(it)}" for it in peers)
    label = f"{measure.title}, {measure.unit}, {measure.better} is better. {told}."
    yield f"<figure>\n<h2>{escape(measure.title)}</h2>"
    yield f'<p class="quiet">{escape(measure.unit)}, {measure.better} is better</p>'
    yield f'<div role="img" aria-label="{escape(label)}">'
    for found, value in zip(peers, values, strict=True):
        width = (value or 0) / longest * LONGEST
        figure = ("≥ " if limited(found) and measure.better == "more" else "") + measure.shown(found)
        yield (
            f'<div class="row {found.kind}"><span>{escape(found.name)}</span><span class="track">'
            f'<i style="width: {width:.2f}%; background: var(--{found.kind})"></i>{escape(figure)}</span></div>'
        )
    yield "</div>\n</figure>"


def _table(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *body = lines
    yield "<table>\n<caption>The same in figures</caption>"
    yield "<thead><tr>" + "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head) + "</tr></thead>\n<tbody>"
    for first, *others in body:
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in others)
        yield f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
    yield "</tbody>\n</table>"
