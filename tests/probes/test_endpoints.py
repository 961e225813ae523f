"""The listed addresses."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from keystone_check.model.access import Access
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import Server
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.probes.endpoints import endpoints
from keystone_check.sandbox.ground import Ground
from tests.probes.conftest import in_aws
from tests.probes.test_kube import kubeconfig
from tests.worlds import world

ISSUER = "https://keys.s3.eu-central-1.amazonaws.com/one"
IN_AWS = Access("test", kubeconfig="/nonexistent", region="eu-west-1")


def known(jwks_uri: str = f"{ISSUER}/keys.json", issuer: str = ISSUER) -> World:
    """A world whose issuer, published document and caller were read."""
    body = json.dumps({"issuer": issuer, "jwks_uri": jwks_uri})
    return world(
        issuer=Issuer(issuer, "test"),
        discovery=Response("u", 200, (), body, len(body)),
        caller=Caller("arn:aws:iam::111122223333:user/me", "111122223333", "eu-west-1"),
    )


def addresses(access: Access, facts: World) -> list[str]:
    return [line.split()[0] for line in endpoints(access, facts) if line.startswith("http")]


def test_every_source_is_listed(ground: Ground, tmp_path: Path) -> None:
    file = kubeconfig(tmp_path, "https://k3s.example.com:6443", ground.root_pem)
    assert addresses(Access("test", kubeconfig=file, region="eu-west-1"), known()) == [
        "https://k3s.example.com:6443",
        "https://sts.eu-west-1.amazonaws.com",
        "https://iam.amazonaws.com",
        "https://keys.s3.eu-central-1.amazonaws.com",
        "https://111122223333.s3-control.eu-west-1.amazonaws.com",
        "https://keys.s3.eu-central-1.amazonaws.com",
    ]


def test_a_key_set_elsewhere_is_listed_beside_the_issuer() -> None:
    assert addresses(IN_AWS, known("https://keys.example.com/k"))[-2:] == [
        "https://keys.s3.eu-central-1.amazonaws.com",
        "https://keys.example.com",
    ]


def test_api_servers_are_listed_one_by_one_where_there_are_several() -> None:
    server = Server(Missing("x", "no"), Missing("x", "no"))
    entries = (("10.0.0.5:6443", server), ("10.0.0.6:6443", Missing("10.0.0.6:6443", "down")))
    access = replace(IN_AWS, connect_to=(("10.0.0.6:6443", "127.0.0.1:7000"),))
    listed = endpoints(access, replace(known(), servers=Subjects(entries)))
    assert [line for line in listed if "one of the API servers" in line] == [
        "https://10.0.0.5:6443  one of the API servers",
        "https://10.0.0.6:6443  one of the API servers, at 127.0.0.1:7000",
    ]
    only: Subjects[Server] = Subjects((("10.0.0.5:6443", Absent("10.0.0.5:6443", "the only one")),))
    assert "10.0.0.5" not in str(endpoints(access, replace(known(), servers=only)))


def test_what_no_stranger_reaches_is_not_contacted() -> None:
    *_, last = endpoints(IN_AWS, known("https://10.0.0.5:6443/openid/v1/jwks"))
    assert last.startswith("not https://10.0.0.5:6443/openid/v1/jwks, the key set: ")


def test_a_bucket_with_dots_is_addressed_by_its_path() -> None:
    dotted = "https://s3.eu-central-1.amazonaws.com/oidc.example.com"
    assert "https://s3.eu-central-1.amazonaws.com" in addresses(IN_AWS, known(issuer=dotted))
    assert not any("//oidc.example.com.s3" in line for line in endpoints(IN_AWS, known(issuer=dotted)))


def test_an_issuer_elsewhere_needs_no_s3() -> None:
    issuer = "https://oidc.example.com"
    assert addresses(IN_AWS, known(f"{issuer}/k", issuer)) == [
        "https://sts.eu-west-1.amazonaws.com",
        "https://iam.amazonaws.com",
        "https://111122223333.s3-control.eu-west-1.amazonaws.com",
        "https://oidc.example.com",
    ]


def test_what_is_not_known_is_described() -> None:
    listed = endpoints(IN_AWS, world())
    assert "https://s3.eu-west-1.amazonaws.com  AWS: s3, with the bucket's name before the host, in the" in (
        "\n".join(listed)
    )
    assert listed[-2:] == (
        "the issuer's host, as the API server's discovery document names it",
        "the key set's host, as the published discovery document names it",
    )


def test_one_endpoint_for_all_of_aws_is_listed_as_that() -> None:
    listed = endpoints(in_aws("http://127.0.0.1:9"), known())
    assert [line for line in listed if "AWS" in line] == ["http://127.0.0.1:9  AWS: sts, iam, s3, s3control"]


def test_an_unusable_kubeconfig_is_said_in_its_place() -> None:
    assert endpoints(IN_AWS, known())[0] == "no API server: the kubeconfig /nonexistent does not exist"


def test_a_proxy_is_listed_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hidden@proxy.example.com:3128")
    monkeypatch.delenv("HTTP_PROXY", raising=False)
    monkeypatch.delenv("http_proxy", raising=False)
    assert (
        endpoints(IN_AWS, known())[-1] == "http://proxy.example.com:3128  the proxy of HTTPS_PROXY, between"
    )
