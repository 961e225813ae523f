"""python docs/formats.py: write docs/reports.md and docs/report.schema.json; a test compares.

What a format carries is not said but tried: a report in which each thing has a word of its own is rendered in
every format, and the words are looked for.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path

from keystone_check.acceptance import accept
from keystone_check.cli.arguments import FORMATS
from keystone_check.model.acceptance import Acceptance
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.finding import (
    Evidence,
    Finding,
    Repair,
    Safety,
    Severity,
    blocked,
    broken,
    holds,
)
from keystone_check.model.outcome import Check, Diagnosis, Outcome
from keystone_check.model.world import Expected, World
from keystone_check.reports import as_json, render
from keystone_check.reports.report import Report
from keystone_check.reports.schema import schema
from keystone_check.reports.screen import Screen

PAGE = Path(__file__).parent / "reports.md"
SCHEMA = Path(__file__).parent / "report.schema.json"
FOR = {
    "text": "a terminal, a log",
    "short": "a chat",
    "json": "programs, [schema](report.schema.json)",
    "markdown": "a pull request, a job's summary",
    "html": "a browser",
    "sarif": "code scanning",
    "github": "annotations of a run of GitHub Actions",
    "prometheus": "the node exporter's textfile collector",
}
CARRIED: Mapping[str, str] = {
    "who asked": "whoasked",
    "version of the cluster": "v1.99.9",
    "what is broken": "sentenceofthedefect",
    "expected and seen": "valuethatisseen",
    "repair": "titleoftherepair",
    "why it matters": "whyitmatters",
    "what could not be seen": "nobodysaw",
    "accepted": "reasonofacceptance",
    "what holds, one by one": "subjectthatholds",
    "the next command": "commandforagain",
}
"""What may be carried, and the word that stands for it."""
BOARD = (
    "The name ends with `.prom`, and each cluster has a file of its own, or all have one (`--all`). "
    "Where your scrape sets a label `cluster` itself, give the job `honor_labels: true`, or Prometheus "
    "renames ours to `exported_cluster`. "
    "[keystone-check.json](../packaging/grafana/keystone-check.json) is a Grafana dashboard of these "
    "metrics: *Dashboards, New, Import*. It shows how each cluster and each link stands and stood, how "
    "old the last look is, what is broken, unseen or accepted, and by which check. A look that no "
    "longer comes turns yellow after 26 hours and red after 36."
)


def report() -> Report:
    """One of everything."""
    word = CARRIED
    made = Check(
        "audience_is_registered",
        "provider",
        "The provider accepts the audience",
        f"## Why it matters\n{word['why it matters']}",
        Severity.CRITICAL,
        ("providers",),
        frozenset(),
        lambda **_: (),
    )
    mends = Repair(word["repair"], Safety.SAFE, "it adds, and no more")
    seen = Evidence("iam:GetOpenIDConnectProvider", "this", word["expected and seen"])
    gap = Missing("roles", word["what could not be seen"], "iam:GetRole")
    findings: tuple[Finding, ...] = (
        broken("one", word["what is broken"], seen, mends),
        broken("two", "known", seen),
        blocked("three", gap),
        holds(word["what holds, one by one"], ""),
    )
    diagnosis = Diagnosis(_world(), tuple(Outcome(made, finding) for finding in findings))
    known = Acceptance(made.id, word["accepted"], "2099-12-31", "two")
    return Report("prod", accept(diagnosis, (known,), "prod"), word["the next command"])


def _world() -> World:
    unseen = {field.name: Missing(field.name, "nobody looked") for field in fields(World)}
    known = {
        "expected": Expected(),
        "now": 1_800_000_000,
        "chains": Subjects(),
        "cluster": Cluster("https://10.0.0.5:6443", CARRIED["version of the cluster"], "admin"),
        "caller": Caller(f"arn:aws:iam::1:user/{CARRIED['who asked']}", "1", "eu-central-1"),
    }
    return World(**{**unseen, **known})  # type: ignore[arg-type]


def page() -> str:
    """The table, and how a report is asked for."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# Reports"
    yield ""
    yield "`--format NAME` says which, `--output FILE` where to: the file is replaced at once when the report"
    yield "is whole, and one that cannot be written is refused before the look. The exit code is the same in"
    yield "every format. `--events FILE` tells beside it, one JSON object a line, what is read and found."
    yield ""
    yield "| format | for | " + " | ".join(CARRIED) + " |"
    yield "|---" * (len(CARRIED) + 2) + "|"
    made = report()
    for name in FORMATS:
        said = render(made, name, Screen(width=1000))
        marks = ("yes" if word in said else "" for word in CARRIED.values())
        yield f"| `{name}` | {FOR[name]} | " + " | ".join(marks) + " |"
    yield ""
    yield from _metrics(render(made, "prometheus", Screen()))


def _metrics(said: str) -> Iterator[str]:
    """How the metrics get into Prometheus and onto a board, and which there are."""
    yield "## Metrics and a dashboard"
    yield ""
    yield "A timer or a CronJob writes the file into the folder of the node exporter's textfile collector"
    yield "(`--collector.textfile.directory`), which reads it at each scrape:"
    yield ""
    yield "    keystone-check --cluster prod --format prometheus \\"
    yield "        --output /var/lib/node_exporter/textfile/keystone-check-prod.prom"
    yield ""
    yield from textwrap.wrap(BOARD, 110, break_long_words=False, break_on_hyphens=False)
    yield ""
    yield "| metric | labels | says |"
    yield "|---|---|---|"
    for name, says in re.findall(r"^# HELP (\S+) (.*)$", said, re.MULTILINE):
        labels = re.search(rf"^{name}{{(.*)}} ", said, re.MULTILINE)
        names = re.findall(r'(\w+)="', labels[1]) if labels else []
        yield f"| `{name}` | {', '.join(f'`{label}`' for label in names)} | {says} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(as_json.dumps(schema()), encoding="utf-8")
