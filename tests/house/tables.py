"""The README's tables, rendered from the rows the code runs on. `python -m tests.house.tables` writes them anew."""

import re
from dataclasses import fields
from pathlib import Path

from gateway.config import Settings
from gateway.domain import errors, goodbyes, limits
from gateway.flow.metrics import METRICS
from gateway.wire.early_access import TABLE
from tests.benchmarks.peers import publication, report

README = Path(__file__).parents[2] / "README.md"
LIMIT = re.compile(r"^(\w+): Final = ([\d_]+)  # (.+)$", re.MULTILINE)


def settings() -> list[str]:
    lines = ["| flag | default | what it is for |", "|---|---|---|"]
    for it in fields(Settings):
        flag = it.name.replace("_", "-")
        lines.append(f"| `--{flag}` | `{it.default}` | {it.metadata['help']} |".replace("| `` |", "| – |"))
    return lines


def limits_() -> list[str]:
    lines = ["| limit | value | |", "|---|---|---|"]
    for name, value, sentence in LIMIT.findall(Path(limits.__file__).read_text()):
        lines.append(f"| {name.lower().replace('_', ' ')} | {int(value):,} | {sentence} |")
    return lines


def errors_() -> list[str]:
    lines = ["| status | code | title |", "|---|---|---|"]
    lines += [f"| {it.status} | `{it.code}` | {it.title} |" for it in errors.TABLE]
    return lines


def close_codes() -> list[str]:
    lines = ["| code | reason | come back | after, seconds |", "|---|---|---|---|"]
    for it in goodbyes.TABLE:
        after = f"{it.away_s[0]:g} to {it.away_s[1]:g}" if it.come_back else "–"
        lines.append(f"| {it.code} | {it.reason} | {'yes' if it.come_back else 'no'} | {after} |")
    return lines


def metrics() -> list[str]:
    lines = ["| metric | kind | labels | what it says |", "|---|---|---|---|"]
    for it in METRICS:
        labels = " ".join(f"`{label}`" for label in it.labels)
        lines.append(f"| `{it.name}` | {it.kind} | {labels or '–'} | {it.sentence} |")
    return lines


def early_access() -> list[str]:
    lines = ["| | in early access | since | with the setting |", "|---|---|---|---|"]
    lines += [f"| {it.what} | {it.before} | {it.now} | {it.both} |" for it in TABLE]
    return lines


def peers() -> list[str]:
    return report.markdown(publication.kept())


TABLES = {
    "settings": settings,
    "limits": limits_,
    "metrics": metrics,
    "errors": errors_,
    "close codes": close_codes,
    "early access": early_access,
    "peers": peers,
}


def rendered(text: str) -> str:
    """The README with every table as it should be."""
    for name, render in TABLES.items():
        table = "\n".join(render())
        place = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.DOTALL)
        text, found = place.subn(lambda it, table=table: f"{it[1]}{table}{it[2]}", text)  # type: ignore[misc]
        assert found == 1, f"the README has no place for the table of {name}"
    return text


if __name__ == "__main__":
    README.write_text(rendered(README.read_text()))
