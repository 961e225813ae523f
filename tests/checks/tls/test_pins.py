"""Thumbprints beside certificates: what AWS does not use is information, and never a finding."""

from dataclasses import replace

import pytest

from keystone_check.model.facts import Subjects
from keystone_check.model.web import Certificate, Chain
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import with_provider
from keystone_check.sandbox.faults.hosts import issuer_chain
from tests.checks.asking import only, said
from tests.sandbox.worlds import healthy_world, world_with
from tests.worlds import NOW

DAY = 86400


def served(world: World, chain: Chain) -> World:
    return replace(world, chains=Subjects(((chain.host, chain),)))


def test_a_pinned_leaf_of_a_publicly_trusted_host_is_information() -> None:
    world = healthy_world()
    chain = replace(issuer_chain(world), publicly_trusted=True, distrust="")
    world = with_provider(served(world, chain), thumbprints=(chain.certificates[0].sha1,))
    status, message = only("leaf_is_not_pinned", world)
    assert status == "holds"
    assert message.endswith("is pinned, and AWS does not use it")


def test_a_pinned_leaf_beside_the_last_certificate_is_information() -> None:
    world = healthy_world()
    pins = tuple(one.sha1.upper() for one in issuer_chain(world).certificates)
    status, message = only("leaf_is_not_pinned", with_provider(world, thumbprints=pins))
    assert status == "holds"
    assert message.endswith("is pinned beside the last one")


def test_a_pinned_leaf_tells_the_date_on_which_it_ends() -> None:
    world = world_with("leaf-alone-is-served-and-pinned")
    status, message = only("leaf_is_not_pinned", world)
    assert status == "broken"
    assert "at the latest on 20" in message


def test_a_list_that_is_full_of_what_is_served_is_right() -> None:
    world = healthy_world()
    sha1s = tuple(f"{number:02x}" * 20 for number in range(5))
    certificates = tuple(Certificate(sha1, "CN=a", "CN=a", 0, 1) for sha1 in sha1s)
    world = with_provider(
        served(world, replace(issuer_chain(world), certificates=certificates)), thumbprints=sha1s
    )
    assert only("thumbprints_stay_within_five", world)[0] == "holds"


@pytest.mark.parametrize(
    ("life", "left", "status", "words"),
    [
        (90 * DAY, 22 * DAY, "holds", ""),
        (90 * DAY, 20 * DAY, "broken", "expires in 20 days, on "),
        (6 * DAY, 2 * DAY, "holds", ""),
        (6 * DAY, DAY, "broken", "expires in 1 days, on "),
        (90 * DAY, 0, "broken", "expired 0 days ago, on "),
        (90 * DAY, -2 * DAY, "broken", "expired 2 days ago, on "),
        (DAY, 3 * DAY, "broken", "is not valid before "),
    ],
)
def test_the_days_left_are_told_and_a_short_life_is_no_fault(
    life: int, left: int, status: str, words: str
) -> None:
    world = healthy_world()
    end = NOW + left
    certificate = Certificate("a" * 40, "CN=a", "CN=b", end - life, end)
    found = only(
        "certificate_has_days_left", served(world, replace(issuer_chain(world), certificates=(certificate,)))
    )
    assert found[0] == status
    assert words in found[1]


@pytest.mark.parametrize(
    ("name", "host", "status"),
    [
        ("*.s3.eu-central-1.amazonaws.com", "my.bucket.s3.eu-central-1.amazonaws.com", "broken"),
        ("*.s3.eu-central-1.amazonaws.com", "MyBucket.s3.eu-central-1.amazonaws.com", "holds"),
        ("*.s3.eu-central-1.amazonaws.com", "s3.eu-central-1.amazonaws.com", "broken"),
        ("oidc.example.com", "oidc.example.com:8443", "holds"),
        ("example.com", "oidc.example.com", "broken"),
        ("*.com", "localhost", "broken"),
    ],
)
def test_a_wildcard_stands_for_one_label(name: str, host: str, status: str) -> None:
    certificate = Certificate("a" * 40, "CN=a", "CN=b", 0, 1, names=(name,))
    chain = replace(issuer_chain(healthy_world()), host=host, certificates=(certificate,))
    assert [one for one, _ in said("certificate_names_the_host", served(healthy_world(), chain))] == [status]
