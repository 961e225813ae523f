"""The contract itself: each promise that a check breaks is named."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import Annotated, Any

import pytest

from keystone_check.contract import flaws, unfit
from keystone_check.model.aws import Bucket, Provider
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Finding, Severity
from keystone_check.model.outcome import Check
from keystone_check.model.world import Expected
from tests.reports import build

PAGE = "## Why it matters\nx\n\n## How to fix\ny\n\n## References\n- https://docs.aws.amazon.com/x"


def fine(expected: Expected, providers: Subjects[Provider]) -> Iterator[Finding]:
    yield from ()


def of_buckets(bucket: Annotated[Bucket, "bucket.polcy"]) -> Iterator[Finding]:
    yield from ()


def whole_bucket(bucket: Bucket) -> Iterator[Finding]:
    yield from ()


def mistyped(expected: str) -> Iterator[Finding]:
    yield from ()


def check(**said: Any) -> Check:
    made = replace(build.check(), page=PAGE, title="It is so", judge=fine, needs=("expected", "providers"))
    return replace(made, **said)


def module(
    doc: str | None = "It is so.", severity: object = Severity.LOW, judge: object = fine
) -> ModuleType:
    made = ModuleType("mine", doc)
    if severity is not None:
        vars(made)["severity"] = severity
    vars(made)["judge"] = judge
    return made


def untyped(expected) -> Iterator[Finding]:  # type: ignore[no-untyped-def]  # that is what is wrong with it
    yield from ()


def astray(buckt: Bucket) -> Iterator[Finding]:
    yield from ()


def unknown(expected: "Nowhere") -> Iterator[Finding]:  # type: ignore[name-defined]  # noqa: F821
    yield from ()


def test_a_check_that_keeps_every_promise_lacks_nothing() -> None:
    assert list(flaws(check(), "import re\n")) == []
    assert list(unfit(module())) == []


@pytest.mark.parametrize(
    ("said", "lack"),
    [
        ({"title": ""}, "its title is empty"),
        ({"title": "The issuer must be https"}, "says 'must'"),
        ({"page": PAGE.replace("## How to fix", "## Fixing")}, "nothing under ## How to fix"),
        ({"page": PAGE.replace("\nx\n", "\n\n")}, "nothing under ## Why it matters"),
        ({"page": PAGE.replace("https", "http")}, "no line such as - https://"),
        ({"judge": mistyped, "needs": ("expected",)}, "takes expected as str; the World has Expected"),
        ({"judge": whole_bucket, "needs": ("bucket",)}, "name the parts"),
        (
            {"judge": of_buckets, "needs": ("bucket",), "parts": frozenset({"bucket.polcy"})},
            "part bucket.polcy",
        ),
    ],
)
def test_a_broken_promise_is_named(said: dict[str, Any], lack: str) -> None:
    assert any(lack in flaw for flaw in flaws(check(**said), ""))


@pytest.mark.parametrize("name", ["os", "time", "datetime", "socket", "pathlib"])
def test_a_judge_that_reads_more_than_its_facts_is_named(name: str) -> None:
    assert any(f"imports {name}:" in flaw for flaw in flaws(check(), f"x = 1\nimport {name}\n"))
    assert list(flaws(check(), f"import {name}x\n")) == []


@pytest.mark.parametrize(
    ("made", "lack"),
    [
        (module(doc=None), "it has no docstring"),
        (module(severity=None), "it sets no severity"),
        (module(severity="high"), "it sets no severity"),
        (module(judge=None), "it has no function judge"),
        (module(judge=untyped), "parameter expected has no type; the World's is Expected"),
        (module(judge=astray), "'buckt', which is no fact of a World; did you mean bucket"),
        (module(judge=unknown), "types cannot be read: name 'Nowhere' is not defined"),
    ],
)
def test_what_is_no_check_says_why(made: ModuleType, lack: str) -> None:
    assert any(lack in said for said in unfit(made))


def test_helpers_count_as_judges_only_when_they_are_functions() -> None:
    callable_object: Callable[[], None] = print
    assert "it has no function judge(...)" in list(unfit(module(judge=callable_object)))
