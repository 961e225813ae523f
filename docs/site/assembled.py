"""What MkDocs calls: the checks come into the navigation by link, and files of the project beside the pages.

A link that leaves docs/ for a file of the project is right where the repository is read, so it stands in the
pages; in the site that file lies among them.
"""

import json
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from keystone_check import checks
from keystone_check.model.chain import LINKS

ROOT = Path(__file__).parents[2]
OURS = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE")
_BARE = re.compile(r"^- (https://\S+)$", re.MULTILINE)
_TARGET = re.compile(r"(?<=\]\()(?!https?:|#)(?P<target>[^)\s]+)(?=\))")
_LEAVING = re.compile(r"\]\(\.\./([^)#\s]+)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put each check's page under its link, in the chain's order."""
    nav: list[Any] = config.nav or []
    for entry in nav:
        if isinstance(entry, dict) and "Checks" in entry:
            entry["Checks"] = [{"All checks": entry["Checks"]}, *_by_link()]
    return config


def _by_link() -> list[dict[str, list[str]]]:
    found = checks.load()
    return [{link.id: [f"checks/{each.id}.md" for each in found if each.link == link.id]} for link in LINKS]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Lay files of the project among the pages: those that a page leads to."""
    led = (name for path in ROOT.glob("docs/*.md") for name in _LEAVING.findall(path.read_text("utf-8")))
    for name in dict.fromkeys((*OURS, *led)):
        if (ROOT / name).is_file() and not files.get_file_from_path(name):
            files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead each link to where its file lies in the site."""
    prefix = "docs/" if page.file.src_uri in OURS else "../"
    lies = "/" not in page.file.src_uri
    led = _TARGET.sub(lambda it: it["target"].removeprefix(prefix) if lies else it["target"], markdown)
    return _BARE.sub(r"- <\1>", led)


def on_post_build(config: MkDocsConfig) -> None:
    """Make the search one for messages that are pasted."""
    _take_words(Path(config.site_dir) / "search" / "worker.js")
    _name_pages(Path(config.site_dir) / "search" / "search_index.json")


def _name_pages(index: Path) -> None:
    """A section is shown with its page's title: a hundred of them are called "Why it matters"."""
    read = json.loads(index.read_text("utf-8"))
    titles = {entry["location"]: entry["title"] for entry in read["docs"]}
    for entry in read["docs"]:
        page, _, section = entry["location"].partition("#")
        if section and entry["title"] != titles[page]:
            entry["title"] = f"{titles[page]}: {entry['title']}"
    index.write_text(json.dumps(read, separators=(",", ":"), ensure_ascii=False), encoding="utf-8")


def _take_words(worker: Path) -> None:
    """To lunr `sts:AssumeRole` asks for a field named sts: https://lunrjs.com/guides/searching.html#fields"""
    text = worker.read_text("utf-8")
    if ASKED not in text:
        raise PluginError(f"{worker.name} of this MkDocs no longer has {ASKED}")
    worker.write_text(text.replace(ASKED, AS_WORDS), encoding="utf-8")


ASKED, AS_WORDS = "index.search(query)", "index.search(query.replace(/[^A-Za-z0-9]+/g, ' '))"
