"""python docs/generate.py: write docs/checks/ from the checks; a test compares the two."""

import re
from collections.abc import Iterator
from pathlib import Path

from keystone_check import checks
from keystone_check.model.chain import LINKS
from keystone_check.model.outcome import Check
from keystone_check.reports.report import section

FOLDER = Path(__file__).parent / "checks"


def pages() -> dict[str, str]:
    """File name to text: one page a check, and the index."""
    found = checks.load()
    indexes = {"README.md": contents(found), "messages.md": messages(found)}
    return {f"{check.id}.md": page(check) for check in found} | indexes


def page(check: Check) -> str:
    """A check's page."""
    return f"# {check.title}\n\n`{check.id}` · link {check.link} · {check.severity.value}\n\n{check.page}\n"


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
    explained: dict[str, list[Check]] = {}
    for check in found:
        for message in dict.fromkeys(quoted(check)):
            explained.setdefault(message, []).append(check)
    lines = [
        "# From a message to its checks",
        "",
        "What STS, S3, Kubernetes and the SDKs say, as they say it.",
    ]
    for message, explaining in sorted(explained.items(), key=lambda item: item[0].lower()):
        lines += ["", f"`{message}`", ""]
        lines += [f"- [{check.title}]({check.id}.md)" for check in explaining]
    return "\n".join(lines) + "\n"


def quoted(check: Check) -> Iterator[str]:
    """The messages in a page's first section: between backticks, more than one word, no lower-case start."""
    text = " ".join(section(check, "Why it matters").split())
    for words in re.findall(r"`([^`]+)`", text):
        if " " in words and (words[0].isupper() or words[0].isdigit()):
            yield words


def write() -> None:
    """Make the folder hold exactly the pages."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
