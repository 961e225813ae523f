"""The site builds strictly, leads to what is there, loads nothing from elsewhere, and finds each message."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from keystone_check import checks
from keystone_check.why.messages import Message, messages
from keystone_check.why.text import squeezed

pytestmark = pytest.mark.site
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built anew, and nothing is said about it: MkDocs ends with 1 at any warning."""
    folder: Path = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"]
    done = subprocess.run(
        [*command, "--config-file", str(ROOT / "docs/site/mkdocs.yml"), "--site-dir", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return folder


class Read(HTMLParser):
    """A page's anchors, what it leads to, and what a browser fetches for it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {""}
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.unnamed: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.anchors.update(said[name] for name in ("id", "name") if name in said)
        if tag == "img" and not said.get("alt"):
            self.unnamed.append(said.get("src", ""))
        if tag == "a" and "href" in said:
            self.targets.append(said["href"])
        elif said.get("rel") != "canonical":
            self.loaded += [
                said[name] for name in ("src", "srcset", "href", "data", "poster") if said.get(name)
            ]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Read]:
    return {path.relative_to(site).as_posix(): Read(path) for path in site.rglob("*.html")}


def _led(page: str, target: str) -> tuple[str, str]:
    """The file of the site, and the anchor in it."""
    split = urlsplit(urljoin(f"https://here/{page}", target))
    path = unquote(split.path).removeprefix("/")
    return (f"{path}index.html" if path.endswith("/") or not path else path), unquote(split.fragment)


def test_every_link_within_the_site_leads_to_a_page_and_a_place_on_it(
    site: Path, pages: dict[str, Read]
) -> None:
    led = [
        (page, *_led(page, to)) for page, read in pages.items() for to in read.targets if not _is_outside(to)
    ]
    assert len(led) > 1000
    assert [it for it in led if not (site / it[1]).is_file()] == []
    assert [it for it in led if it[1] in pages and it[2] not in pages[it[1]].anchors] == []


def _is_outside(target: str) -> bool:
    return urlsplit(target).scheme != "" or target.startswith("//")


def test_what_leads_out_is_https(pages: dict[str, Read]) -> None:
    out = {target for read in pages.values() for target in read.targets if _is_outside(target)}
    assert [target for target in out if not target.startswith("https://")] == []


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[str, Read]) -> None:
    loaded = [(page, target) for page, read in pages.items() for target in read.loaded]
    assert [it for it in loaded if _is_outside(it[1]) and not it[1].startswith("data:")] == []
    assert {page for page, target in loaded if not (site / _led(page, target)[0]).is_file()} <= {"404.html"}
    styles = [style for path in site.rglob("*.css") for style in _fetched(path)]
    assert [style for style in styles if _is_outside(style) and not style.startswith("data:")] == []


def _fetched(path: Path) -> Iterator[str]:
    """What a style sheet has the browser fetch."""
    text = path.read_text("utf-8")
    yield from (found[1] for found in re.finditer(r"url\(\s*['\"]?([^'\")]+)", text))
    yield from (found[1] for found in re.finditer(r"@import\s+['\"]([^'\"]+)", text))


def test_every_picture_is_said_in_words(pages: dict[str, Read]) -> None:
    assert {page: read.unnamed for page, read in pages.items() if read.unnamed} == {}


def test_every_check_stands_in_the_navigation_under_its_link(pages: dict[str, Read]) -> None:
    for check in checks.load():
        assert f"checks/{check.id}.html" in pages


def test_each_result_of_a_search_names_its_page(site: Path) -> None:
    found = json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]
    titles = [entry["title"] for entry in found if entry["location"].startswith("checks/")]
    assert "The identity provider accepts the audience that tokens carry: Why it matters" in titles
    assert [title for title in titles if title in ("Why it matters", "What may be shown")] == []


@pytest.fixture(scope="module")
def index(site: Path) -> dict[str, str]:
    """What the site's search reads, letters and digits alone, by page."""
    found: dict[str, str] = {}
    for entry in json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]:
        page = entry["location"].partition("#")[0]
        found[page] = found.get(page, "") + squeezed(f"{entry['title']} {entry['text']}")
    return found


def test_a_pasted_message_is_words_to_the_search_and_none_of_its_signs(site: Path) -> None:
    worker = (site / "search/worker.js").read_text("utf-8")
    assert re.findall(r"index\.search\(.*", worker) == ["index.search(query.replace(/[^A-Za-z0-9]+/g, ' '));"]


def test_a_search_for_what_somebody_was_shown_finds_the_pages_of_the_checks_that_tell(
    index: dict[str, str],
) -> None:
    searched = [(message, text) for message in messages() for text in message.texts]
    missed = {text: pages for message, text in searched if (pages := _named(message) - _found(index, text))}
    assert missed == {}
    assert len(searched) > 100


def _named(message: Message) -> set[str]:
    """The page of messages, and those of the checks that `--why` names."""
    named = (f"checks/{id}.html" for cause in message.causes for id in cause.checks)
    return {"checks/messages.html", *named}


def _found(index: dict[str, str], text: str) -> set[str]:
    """The pages that hold the fixed words of a message in their order."""
    parts = [squeezed(part) for part in re.split(r"\{\w+\}", text)]
    return {page for page, said in index.items() if all(part in said for part in parts)}
