"""The whole look: each fact once, side by side, every gap with its reason."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from keystone_check.model.access import Access
from keystone_check.model.aws import Bucket, Caller
from keystone_check.model.cluster import Cluster, Issuer
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.world import Binding, Expected, World
from keystone_check.probes.gather import closure, gather, rights
from keystone_check.probes.operator_rights import OPERATED
from keystone_check.probes.rights import (
    ASKED,
    CREATE_TOKEN,
    GET_ACCOUNT,
    LIST_ACCOUNTS,
    KubeAsk,
    aws_actions,
    kube_rights,
    parts,
)
from keystone_check.sandbox.ground import Ground
from tests.probes.conftest import HOST, in_aws
from tests.probes.servers import Answer, Reply, Request, Server, Silence, serving
from tests.probes.test_kube import kubeconfig, refusal, reply

ISSUER = f"https://{HOST}"
ROLE = "arn:aws:iam::123456789012:role/api"
WebStart = Callable[[Answer], Server]


def documents(request: Request) -> Reply:
    if request.path == "/.well-known/openid-configuration":
        return reply({"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys.json"})
    return reply({"keys": []})


def api(request: Request) -> Reply:
    """An API server with one bound service account, one unbound, and no right to mint tokens."""
    path = request.path.partition("?")[0]
    if path == "/version":
        return reply({"gitVersion": "v1.36.3"})
    if path.endswith("selfsubjectreviews"):
        return reply({"status": {"userInfo": {"username": "engineer"}}}, 201)
    if path in ("/.well-known/openid-configuration", "/openid/v1/jwks"):
        return documents(request)
    if path == "/api/v1/serviceaccounts":
        annotations = {"eks.amazonaws.com/role-arn": ROLE, "other": "x"}
        bound = {"namespace": "app", "name": "api", "uid": "1", "annotations": annotations}
        return reply({"items": [{"metadata": bound}, {"metadata": {"namespace": "app", "name": "default"}}]})
    return refusal(403 if path.endswith("/token") else 404, "no")


@pytest.fixture
def there(web: WebStart, ground: Ground, tmp_path: Path, account: Access) -> Any:
    """Start a cluster, the issuer's host and an AWS account."""
    with_servers: list[Any] = []

    def start(answer: Answer = api, **settings: Any) -> tuple[Server, Server, Access]:
        context = serving(answer, ground.api, tmp_path)
        cluster = context.__enter__()
        with_servers.append(context)
        front = web(documents)
        file = kubeconfig(tmp_path, f"https://127.0.0.1:{cluster.port}", ground.root_pem)
        connect_to = ((HOST, f"127.0.0.1:{front.port}"),)
        return cluster, front, replace(account, kubeconfig=file, connect_to=connect_to, **settings)

    yield start
    for context in with_servers:
        context.__exit__(None, None, None)


def test_zero_configuration_finds_the_chain(there: Any) -> None:
    _, _, access = there()
    world = gather(access, clock=lambda: 1_700_000_000)
    assert world.now == 1_700_000_000
    assert isinstance(world.cluster, Cluster)
    assert (world.cluster.version, world.cluster.user) == ("v1.36.3", "engineer")
    assert isinstance(world.caller, Caller)
    assert world.issuer == Issuer(ISSUER, "discovery document of the API server")
    assert isinstance(world.accounts, Subjects)
    assert [(key, account.annotations) for key, account in world.accounts.seen()] == [
        ("app/api", {"eks.amazonaws.com/role-arn": ROLE})
    ]
    assert world.bucket == Absent("bucket", "the issuer is not an S3 address")
    assert isinstance(world.roles, Subjects)
    assert world.roles[ROLE] == Absent(ROLE, "there is no role api in account 123456789012")
    assert [host for host, _ in world.chains] == [HOST]


def test_no_address_is_asked_twice_for_the_same(there: Any) -> None:
    cluster, front, access = there()
    gather(access)
    assert max(Counter((it.method, it.path, it.body) for it in cluster.asked).values()) == 1
    assert max(Counter(request.path for request in front.asked).values()) == 1


def test_a_refused_token_is_a_gap_of_its_account(there: Any) -> None:
    _, _, access = there()
    world = gather(access, frozenset({"tokens"}))
    assert isinstance(world.tokens, Subjects)
    gap = world.tokens["app/api"]
    assert isinstance(gap, Missing)
    assert gap.permission == "create serviceaccounts/token"


def test_what_no_check_needs_costs_no_request(there: Any) -> None:
    cluster, front, access = there()
    world = gather(access, frozenset({"issuer"}))
    assert [request.path for request in cluster.asked] == ["/.well-known/openid-configuration"]
    assert front.asked == []
    assert world.caller == Missing("caller", "no selected check needs it")
    assert world.chains == Subjects()


def test_a_configured_issuer_is_asked_of_nobody() -> None:
    access = Access("test", expected=Expected(issuer=ISSUER))
    world = gather(access, frozenset({"issuer"}))
    assert world.issuer == Issuer(ISSUER, "configuration")
    assert world.cluster_discovery == Missing("cluster_discovery", "no selected check needs it")


def test_expected_bindings_are_looked_for_by_name(there: Any) -> None:
    expected = Expected(bindings=(Binding("app", "default", ROLE), Binding("app", "nobody", ROLE)))
    _, _, access = there(expected=expected)
    world = gather(access, frozenset({"accounts"}))
    assert isinstance(world.accounts, Subjects)
    assert [key for key, _ in world.accounts] == ["app/api", "app/default", "app/nobody"]
    assert world.accounts["app/nobody"] == Absent("app/nobody", "there is no service account app/nobody")


def test_an_unreachable_cluster_is_one_reason_and_aws_is_still_seen(
    ground: Ground, tmp_path: Path, unused_port: int, account: Access
) -> None:
    file = kubeconfig(tmp_path, f"https://127.0.0.1:{unused_port}", ground.root_pem)
    world = gather(replace(account, kubeconfig=file))
    reason = world.cluster
    assert isinstance(reason, Missing)
    assert "cannot be reached: connection refused" in reason.because
    dependent = (world.issuer, world.accounts, world.tokens, world.discovery, world.bucket, world.roles)
    assert all(fact == reason for fact in dependent)
    assert isinstance(world.caller, Caller)


def test_credentials_that_fail_are_one_reason_and_the_cluster_is_still_seen(
    there: Any, unused_port: int
) -> None:
    _, _, access = there()
    world = gather(replace(access, aws_endpoint=f"http://127.0.0.1:{unused_port}"))
    assert isinstance(world.caller, Missing)
    assert world.caller == world.providers == world.roles == world.bucket == world.account_public_access
    assert isinstance(world.cluster, Cluster)


def test_a_refused_listing_leaves_the_other_facts(there: Any) -> None:
    def answer(request: Request) -> Reply:
        return refusal(403, "no") if "serviceaccounts" in request.path else api(request)

    _, _, access = there(answer)
    world = gather(access)
    assert isinstance(world.accounts, Missing)
    assert world.accounts.permission == "list serviceaccounts"
    assert world.roles == world.tokens == world.accounts
    assert isinstance(world.issuer, Issuer)


def test_a_spent_budget_is_said_by_its_name(there: Any) -> None:
    _, _, access = there(lambda _: Silence(), budget_seconds=0.3)
    world = gather(access, frozenset({"accounts"}))
    assert isinstance(world.accounts, Missing)
    assert "0.3 s" in world.accounts.because


def test_an_unreadable_kubeconfig_is_a_gap_with_a_next_step(tmp_path: Path) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text("{")
    world = gather(Access("test", kubeconfig=str(file)), frozenset({"cluster"}))
    assert isinstance(world.cluster, Missing)
    assert "is not YAML" in world.cluster.because


def test_progress_names_source_and_thing(there: Any) -> None:
    told: list[tuple[str, str]] = []
    _, _, access = there()
    gather(access, frozenset({"issuer", "caller", "discovery"}), progress=lambda *it: told.append(it))
    assert set(told) == {
        ("cluster", "discovery document"),
        ("cluster", "issuer"),
        ("AWS", "who asks"),
        ("web", "published discovery document"),
    }


def test_every_field_of_the_world_says_what_it_asks() -> None:
    whole = {name for name in ASKED if "." not in name}
    assert whole - {"expected_accounts"} == {field.name for field in fields(World)}


def test_parts_are_those_that_a_bucket_has() -> None:
    settings = {name.removeprefix("bucket.") for name in parts("bucket")} - {"absence", "region"}
    assert settings == {field.name for field in fields(Bucket)} - {"name", "region"}


def test_a_part_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no fact bucket\.colour"):
        closure(frozenset({"bucket.colour"}), Access("test"))


def test_a_right_is_needed_only_for_what_nobody_can_do_without() -> None:
    asks, actions = rights(frozenset({"tokens"}), Access("test"))
    assert asks == (CREATE_TOKEN, LIST_ACCOUNTS)
    assert actions == ()


def test_service_accounts_are_got_by_name_where_the_configuration_names_some() -> None:
    expected = Expected(bindings=(Binding("app", "api", ROLE),))
    asks, _ = rights(frozenset({"accounts"}), Access("test", expected=expected))
    assert asks == (GET_ACCOUNT, LIST_ACCOUNTS)


def test_a_fact_brings_those_that_it_follows_from() -> None:
    assert closure(frozenset({"key_set", "now"}), Access("test")) == {
        "key_set",
        "discovery",
        "issuer",
        "cluster_discovery",
    }
    configured = Access("test", expected=Expected(issuer=ISSUER))
    assert closure(frozenset({"key_set"}), configured) == {"key_set", "discovery", "issuer"}


def test_an_unknown_fact_is_our_bug() -> None:
    with pytest.raises(ValueError, match="no fact keyset"):
        closure(frozenset({"keyset"}), Access("test"))


def test_rights_are_listed_for_the_asked_fields_only() -> None:
    assert aws_actions(["roles", "providers", "provider_arns", "caller"]) == (
        "iam:GetOpenIDConnectProvider",
        "iam:GetRole",
        "iam:ListOpenIDConnectProviders",
    )
    assert kube_rights(["tokens", "roles"]) == (KubeAsk("create", "serviceaccounts/token"),)


def test_what_is_asked_of_the_cluster_is_what_the_rights_say(there: Any) -> None:
    cluster, _, access = there()
    gather(access)
    asked = {request.path.partition("?")[0] for request in cluster.asked}
    assert asked == {
        "/version",
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        "/.well-known/openid-configuration",
        "/openid/v1/jwks",
        "/api/v1/serviceaccounts",
        "/api/v1/namespaces/app/serviceaccounts/api/token",
        "/api/v1/nodes",
        "/api/v1/namespaces/kube-system/pods",
        "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes",
        "/apis/authorization.k8s.io/v1/subjectaccessreviews",
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        "/api/v1/namespaces",
        "/api/v1/namespaces/app/pods",
        "/apis/batch/v1/namespaces/app/cronjobs",
        "/apis/apps/v1/deployments",
    }
    assert {right.resource for right in kube_rights(set(ASKED) - OPERATED)} == {
        "/.well-known/openid-configuration",
        "/openid/v1/jwks",
        "endpointslices",
        "nodes",
        "pods",
        "serviceaccounts",
        "serviceaccounts/token",
        "subjectaccessreviews",
        "mutatingwebhookconfigurations",
        "services",
        "namespaces",
        "cronjobs",
        "deployments",
    }


def test_nothing_secret_is_in_a_world(there: Any) -> None:
    _, _, access = there()
    text = repr(gather(access)) + json.dumps([str(access)])
    assert "stays-here" not in text


def test_an_expired_session_is_said_with_a_next_step(plain: WebStart) -> None:
    expired = (
        "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>"
    )
    server = plain(lambda _: Reply(403, {"Content-Type": "text/xml"}, expired.encode()))
    world = gather(in_aws(f"http://127.0.0.1:{server.port}"), frozenset({"caller"}))
    assert isinstance(world.caller, Missing)
    assert "sign in again" in world.caller.because
