"""The edges of what is judged about the published documents."""

import json
from dataclasses import replace

import pytest

from keystone_check.iam.base64url import encoded
from keystone_check.model.facts import Subjects
from keystone_check.model.web import Addresses, Response
from keystone_check.model.world import World
from keystone_check.sandbox.faults.editing import stored, with_object
from keystone_check.sandbox.faults.publication import STRANGERS_KID, STRANGERS_MODULUS
from keystone_check.sandbox.worlds import KEY_SET_KEY
from tests.checks.asking import only, said
from tests.sandbox.worlds import healthy_world


def key_set(world: World) -> Response:
    assert isinstance(world.key_set, Response)
    return world.key_set


def with_headers(**headers: str) -> World:
    world = healthy_world()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kept = tuple(sorted({**dict(key_set(world).headers), **named}.items()))
    return replace(world, key_set=replace(key_set(world), headers=kept))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"cache_control": "max-age=3600"}, "holds"),
        ({"cache_control": "public, max-age=3601"}, "broken"),
        ({"cache_control": "max-age=60, s-maxage=86400"}, "broken"),
        ({"cache_control": "max-age=86400, s-maxage=60"}, "holds"),
        ({"cache_control": "no-cache, max-age=86400"}, "holds"),
        ({"cache_control": "max-age=-1"}, "holds"),
        ({"cache_control": "max-age=soon"}, "holds"),
        ({"age": "3601"}, "broken"),
        ({"age": "60"}, "holds"),
        ({"age": "often"}, "holds"),
    ],
)
def test_a_shared_cache_may_keep_it_for_an_hour(headers: dict[str, str], status: str) -> None:
    assert said("caches_cannot_outlive_a_rotation", with_headers(**headers))[1][0] == status


@pytest.mark.parametrize(
    "kind", ["application/json", "application/jwk-set+json; charset=utf-8", "APPLICATION/JSON"]
)
def test_every_form_of_json_is_json(kind: str) -> None:
    assert said("documents_are_served_as_json", with_headers(content_type=kind))[1] == ("holds", "")


@pytest.mark.parametrize(
    ("host", "found", "status", "words"),
    [
        ("oidc.example.com", ("10.1.2.3",), "broken", "10.1.2.3"),
        ("oidc.example.com", ("127.0.0.1",), "broken", "127.0.0.1"),
        ("oidc.example.com", ("100.64.0.9",), "broken", "100.64.0.9"),
        ("oidc.example.com", ("169.254.1.1", "52.219.170.10"), "broken", "169.254.1.1"),
        ("oidc.example.com", ("fd00::1",), "broken", "fd00::1"),
        ("oidc.example.com", ("fe80::1%eth0",), "broken", "fe80::1"),
        ("oidc.example.com", ("::ffff:10.0.0.1",), "broken", "::ffff:10.0.0.1"),
        ("oidc.example.com", ("2a05:d07a::1",), "holds", "IPv6 addresses alone; whether STS reaches those"),
        ("oidc.example.com", ("2a05:d07a::1", "52.219.170.10"), "holds", ""),
        ("b.s3.eu-central-1.amazonaws.com", ("10.1.2.3",), "holds", "as behind an interface endpoint of S3"),
    ],
)
def test_addresses_are_public_or_said(host: str, found: tuple[str, ...], status: str, words: str) -> None:
    world = replace(healthy_world(), addresses=Subjects(((host, Addresses(host, found)),)))
    seen, message = only("issuer_host_is_publicly_routable", world)
    assert seen == status
    assert words in message


def test_two_keys_in_rotation_are_information() -> None:
    world = healthy_world()
    (signing,) = json.loads(stored(world, KEY_SET_KEY))["keys"]
    former = {**signing, "kid": STRANGERS_KID, "n": STRANGERS_MODULUS}
    world = with_object(world, KEY_SET_KEY, json.dumps({"keys": [signing, former]}))
    (first, second) = said("published_keys_belong_to_a_server", world)
    assert first == ("holds", "")
    assert second[0] == "holds"
    assert "right while tokens that it signed live" in second[1]
    assert {status for status, _ in said("kid_is_the_keys_digest", world)} == {"holds"}


@pytest.mark.parametrize(
    "members",
    [{"n": encoded(b"\xff" * 2048)}, {"e": encoded(b"\x01" * 64)}],
    ids=["16384 bits", "huge exponent"],
)
def test_a_key_that_costs_too_much_to_try_is_undecided(members: dict[str, str]) -> None:
    world = healthy_world()
    (key,) = json.loads(stored(world, KEY_SET_KEY))["keys"]
    world = with_object(world, KEY_SET_KEY, json.dumps({"keys": [{**key, **members}]}))
    found = said("signature_verifies_with_the_published_key", world)
    assert {status for status, _ in found} == {"blocked"}
    assert all(message.endswith("it was not tried") for _, message in found)
