"""python docs/generate.py: write docs/checks/, repairs.md and rights.md from the checks; a test compares."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from keystone_check import checks
from keystone_check.diagnosis import diagnose
from keystone_check.model.chain import LINKS
from keystone_check.model.finding import Repair
from keystone_check.model.outcome import Check
from keystone_check.probes.rights import ASKED, AwsAsk, KubeAsk
from keystone_check.remedy.apply.rights import permissions
from keystone_check.remedy.emit import expressed
from keystone_check.remedy.plan import Step
from keystone_check.reports.report import section
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.worlds import healthy
from keystone_check.why import messages as why

FOLDER = Path(__file__).parent / "checks"
REPAIRS = Path(__file__).parent / "repairs.md"
RIGHTS = Path(__file__).parent / "rights.md"


def pages() -> dict[str, str]:
    """File name to text: one page a check, and the index."""
    found = checks.load()
    indexes = {"README.md": contents(found), "messages.md": messages(found)}
    return {f"{check.id}.md": page(check) for check in found} | indexes


def page(check: Check) -> str:
    """A check's page, and what people are shown where it may be broken, as `--why` knows it."""
    head = f"# {check.title}\n\n`{check.id}` · link {check.link} · {check.severity.value}"
    shown = [text for message in why.messages() if check.id in _telling(message) for text in message.texts]
    seen = "\n".join(f"- {_verbatim(text)}" for text in dict.fromkeys(shown))
    said = [_SHOWN.format(seen=seen)] if shown else []
    return "\n\n".join([head, check.page, *said]) + "\n"


_SHOWN = """\
## What may be shown

Any of these can come of it; most come of other things too. `keystone-check --why "…"` tells them apart.

{seen}"""


def _telling(message: why.Message) -> list[str]:
    """Ids of the checks that tell what is behind a message."""
    return [id for cause in message.causes for id in cause.checks]


def _verbatim(text: str) -> str:
    """In backticks, as many as it takes; what varies is an ellipsis."""
    said = re.sub(r"\{\w+\}", "…", text)
    return f"`` {said} ``" if "`" in said else f"`{said}`"


def contents(found: tuple[Check, ...]) -> str:
    """Every check by link, in the chain's order."""
    lines = ["# The checks", "", f"{len(found)} checks along {len(LINKS)} links."]
    lines += ["You have a message, not a name? See [messages](messages.md)."]
    for link in LINKS:
        lines += ["", f"## {link.id}: {link.title}", ""]
        lines += [f"- [{check.title}]({check.id}.md)" for check in found if check.link == link.id]
    return "\n".join(lines) + "\n"


def messages(found: tuple[Check, ...]) -> str:
    """Every message that a page quotes, in the order of the alphabet, with the checks that explain it."""
    explained: dict[str, dict[str, None]] = {}
    for check in found:
        for text in quoted(check):
            explained.setdefault(f"`{text}`", {})[f"[{check.title}]({check.id}.md)"] = None
    titles = {check.id: check.title for check in found}
    for message in why.messages():
        behind = [line for cause in message.causes for line in _behind(cause, titles)]
        for text in message.texts:
            explained.setdefault(_verbatim(text), {}).update(dict.fromkeys(behind))
    lines = [
        "# From a message to its checks",
        "",
        "What STS, S3, Kubernetes and the SDKs say, as they say it.",
    ]
    for text, explaining in sorted(explained.items(), key=lambda item: item[0].lower()):
        lines += ["", text, "", *(f"- {line}" for line in explaining)]
    return "\n".join(lines) + "\n"


def _behind(cause: why.Cause, titles: Mapping[str, str]) -> list[str]:
    """The checks that judge a cause; where none does, what to do by hand."""
    return [f"[{titles[id]}]({id}.md)" for id in cause.checks] or [f"{cause.what}: {cause.how}"]


def quoted(check: Check) -> Iterator[str]:
    """The messages in a page's first section: between backticks, more than one word, no lower-case start."""
    text = " ".join(section(check, "Why it matters").split())
    for words in re.findall(r"`([^`]+)`", text):
        if " " in words and (words[0].isupper() or words[0].isdigit()):
            yield words


def repairs() -> str:
    """By check and class, what mends it: from the repairs of every fault of the sandbox. Pure."""
    found = checks.load()
    world = healthy(Ground.make(), NOW)
    rows: dict[tuple[str, str], list[Repair]] = {}
    for fault in FAULTS.values():
        for outcome in diagnose(fault.apply(world), found).broken:
            if repair := outcome.finding.repair:
                rows.setdefault((outcome.check.id, repair.safety.value), []).append(repair)
    order = [check.id for check in found]
    ordered = sorted(rows.items(), key=lambda row: (order.index(row[0][0]), row[0][1]))
    return "\n".join((*_INTRODUCTION, *(_row(*key, of_it) for key, of_it in ordered))) + "\n"


NOW = 1_800_000_000
_INTRODUCTION = (
    "# What can be mended",
    "",
    "`keystone-check --fix` writes what is safe, `--fix=unsafe` also what may take access away or widen it;",
    "`--restart` beside it ends pods for others to be made, which nothing undoes. What is manual is said",
    "line by line, and `--fix --wait` goes on when it is done. `--list-fixes` gives this table for the",
    "findings of your cluster, `--permissions --fix` the very permissions of the pending plan, and",
    "`--emit FORM` the plan for other tools.",
    "",
    "| check | repair | class | permissions | emitted as |",
    "|---|---|---|---|---|",
)


def _row(check: str, safety: str, found: list[Repair]) -> str:
    changes = dict.fromkeys(change for repair in found for change in repair.changes)
    rights = ", ".join(f"`{right}`" for right in permissions(changes)) or "none"
    forms = ", ".join(expressed([Step(change, found[0], ()) for change in changes]))
    if not changes:
        forms = "comments in each; nix, where K3s is to be told"
    title = re.sub(r"keystone-oidc-\d+", "BUCKET", re.sub(r"\b\d{12}\b", "ACCOUNT", found[0].title))
    return f"| [{check}](checks/{check}.md) | {title} | {safety} | {rights} | {forms} |"


def rights() -> str:
    """Each right that a look takes, why, and the checks that could not see without it."""
    found = checks.load()
    rows: dict[str, tuple[str, dict[Check, None]]] = {}
    for name, asks in ASKED.items():
        reading = [check for check in found if name in check.reads]
        for ask in asks:
            if permission := _permission(ask):
                rows.setdefault(permission, (ask.why, {}))[1].update(dict.fromkeys(reading))
    lines = [f"| `{it}` | {why} | {_linked(by)} |" for it, (why, by) in sorted(rows.items()) if by]
    return "\n".join((*_RIGHTS, *lines)) + "\n"


_RIGHTS = (
    "# Each right, and what cannot be seen without it",
    "",
    "Nothing passes for a right that is missing: a check that needs it says *could not see* and names it,",
    "and the exit code is 3. [How they are granted](permissions.md).",
    "",
    "| right | for | read by |",
    "|---|---|---|",
)


def _permission(ask: KubeAsk | AwsAsk) -> str:
    """As people grant it; empty for what nobody has to grant."""
    if isinstance(ask, AwsAsk):
        return ask.action
    return "" if ask.given_by else ask.permission


def _linked(reading: Iterable[Check]) -> str:
    """By name, or where they are many by their links."""
    found = list(reading)
    if len(found) <= MANY:
        return ", ".join(f"[{check.id}](checks/{check.id}.md)" for check in found)
    links = dict.fromkeys(check.link for check in found)
    return f"{len(found)} checks of {', '.join(links)}"


MANY = 6


def write() -> None:
    """Make the folder hold exactly the pages."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    REPAIRS.write_text(repairs(), encoding="utf-8")
    RIGHTS.write_text(rights(), encoding="utf-8")


if __name__ == "__main__":
    write()
