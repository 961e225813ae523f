"""Only what carries our labels and an end that is over goes; and only as it was seen."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from keystone_check.probes.kube import TEMPORARY, UNTIL, Kube
from keystone_check.probes.refusals import ReadError
from keystone_check.remedy.apply.cleanup import left, read_end, remove
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving, serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW

ACCOUNTS = "/api/v1/namespaces/app/serviceaccounts"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Serving]:
    ground = Ground.make()
    with serve(healthy(ground, NOW), ground, clock=lambda: NOW) as serving:
        yield serving


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def made(kube: Kube, name: str, labels: dict[str, str], annotations: dict[str, str]) -> None:
    metadata = {"name": name, "labels": labels, "annotations": annotations}
    kube.request("POST", ACCOUNTS, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})


def names(sandbox: Serving) -> set[str]:
    return {item["metadata"]["name"] for item in Kube(sandbox.access).service_accounts("app")}


def test_what_a_killed_run_left_is_removed_and_nothing_else(sandbox: Serving) -> None:
    kube = Kube(sandbox.access)
    before = names(sandbox)
    managed_by = {"app.kubernetes.io/managed-by": "keystone-check"}
    kube.create_account("app", "old", moment(NOW - 1))
    kube.create_account("app", "young", moment(NOW + 60))
    made(kube, "no-end", TEMPORARY, {})
    made(kube, "bent-end", TEMPORARY, {UNTIL: "tomorrow"})
    made(kube, "no-label", managed_by, {UNTIL: moment(NOW - 1)})
    found = {trace.name: trace for trace in left(sandbox.access, NOW)}
    assert {name: trace.over for name, trace in found.items()} == {"app/old": True, "app/young": False}
    remove(sandbox.access, found["app/old"])
    remove(sandbox.access, found["app/old"])
    assert names(sandbox) - before == {"young", "no-end", "bent-end", "no-label"}


def test_what_was_changed_since_it_was_seen_stays(sandbox: Serving) -> None:
    kube = Kube(sandbox.access)
    kube.create_account("app", "changing", moment(NOW - 1))
    (seen,) = (trace for trace in left(sandbox.access, NOW) if trace.name == "app/changing")
    patch = {"metadata": {"labels": {"keystone-check/temporary": "false"}}}
    kube.request(
        "PATCH", f"{ACCOUNTS}/changing", patch, content_type="application/merge-patch+json", what="patch"
    )
    with pytest.raises(ReadError) as caught:
        remove(sandbox.access, seen)
    assert caught.value.code == "409"
    assert "changing" in names(sandbox)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2027-01-15T08:00:00Z", 1_800_000_000.0),
        ("", None),
        ("2027-01-15", None),
        ("2027-13-15T08:00:00Z", None),
        ("2027-01-15T08:00:00+01:00", None),
    ],
)
def test_an_end_is_read_as_we_write_it_alone(text: str, end: float | None) -> None:
    assert read_end(text) == end
