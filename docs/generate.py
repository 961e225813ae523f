"""python docs/generate.py: write docs/checks/ from the checks; a test compares the two."""

from pathlib import Path

from keystone_check import checks
from keystone_check.model.chain import LINKS
from keystone_check.model.outcome import Check

FOLDER = Path(__file__).parent / "checks"


def pages() -> dict[str, str]:
    """File name to text: one page a check, and the index."""
    found = checks.load()
    return {f"{check.id}.md": page(check) for check in found} | {"README.md": contents(found)}


def page(check: Check) -> str:
    """A check's page."""
    return f"# {check.title}\n\n`{check.id}` · link {check.link} · {check.severity.value}\n\n{check.page}\n"


def contents(found: tuple[Check, ...]) -> str:
    """Every check by link, in the chain's order."""
    lines = ["# The checks", "", f"{len(found)} checks along {len(LINKS)} links."]
    for link in LINKS:
        lines += ["", f"## {link.id}: {link.title}", ""]
        lines += [f"- [{check.title}]({check.id}.md)" for check in found if check.link == link.id]
    return "\n".join(lines) + "\n"


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
