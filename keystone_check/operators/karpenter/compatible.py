"""What fits a release of Karpenter: Kubernetes versions, by three sources that differ, and its own CRDs."""

from collections.abc import Iterator
from dataclasses import dataclass

from keystone_check.knowledge.store import facts, minors
from keystone_check.operators.version import Version, version


@dataclass(frozen=True, slots=True)
class Range:
    """Kubernetes versions that a source names, both included."""

    oldest: Version
    newest: Version
    source: str

    def holds(self, running: Version) -> bool:
        line = Version(running.major, running.minor)
        return self.oldest <= line <= self.newest

    def __str__(self) -> str:
        return f"{self.oldest.line} to {self.newest.line}"


def in_code(release: Version) -> Range | None:
    """The constants that the release itself compares with. None for a release that is not known."""
    tags = minors()[release.line]["tags"]
    if str(release) not in tags:
        return None
    oldest, newest = tags[str(release)]
    return _range(oldest, newest, "its code")


def in_docs(release: Version) -> Iterator[Range]:
    """What the project's two tables say of it."""
    for told in facts("karpenter", "kubernetes")["matrix"]:
        if told["karpenter"] == f"{release.line}.x":
            yield _range(told["k8s_min"], told["k8s_max"], "the compatibility matrix")
    table = facts("karpenter", "kubernetes")["docs"].get(release.line, {})
    admitted = [
        found for name, since in table.items() if (found := version(name)) and _admits(since, release)
    ]
    if admitted:
        yield Range(min(admitted), max(admitted), "the page of the docs")


def _admits(since: str, release: Version) -> bool:
    first = version(since.removeprefix(">= ").replace(".x", ""))
    return first is None or release >= first


def _range(oldest: str, newest: str, source: str) -> Range:
    first, last = version(oldest), version(newest)
    assert first is not None, "knowledge holds versions"
    assert last is not None, "knowledge holds versions"
    return Range(first, last, source)


@dataclass(frozen=True, slots=True)
class Defined:
    """A CRD of a release."""

    name: str
    kind: str
    version: str
    """The version that the release reads and writes."""
    gate: str
    """The feature gate that it belongs to; empty where it is always needed."""


def definitions(release: Version) -> Iterator[Defined]:
    """The CRDs that a release's chart brings."""
    told: dict[str, dict[str, object]] = facts("karpenter", "objects")["crds"]["names"]
    for name, about in told.items():
        since = version(str(about.get("since", "1.0")))
        if since is not None and release < since:
            continue
        versions = about["versions"]
        assert isinstance(versions, dict), "knowledge has them by release"
        newest = str(list(versions.values())[-1][0]).partition(" ")[0]
        yield Defined(name, str(about["kind"]), newest, str(about.get("gate", "")))
