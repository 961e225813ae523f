"""The API servers of one cluster differ, keep another time, or were started otherwise than they should."""

import json
from dataclasses import replace

from keystone_check.model.cluster import Issuer
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.servers import API_AUDIENCES as AUDIENCES
from keystone_check.model.servers import ISSUER, ApiToken, Clocks, Server
from keystone_check.model.web import Response
from keystone_check.model.world import STS_AUDIENCE, World
from keystone_check.sandbox.faults.editing import as_static_pods, with_arguments, with_object, with_tokens
from keystone_check.sandbox.faults.fault import fault
from keystone_check.sandbox.faults.keys import strangers
from keystone_check.sandbox.faults.publication import STRANGERS_KID, STRANGERS_MODULUS
from keystone_check.sandbox.worlds import (
    API_AUDIENCES,
    K3S_DEFAULT,
    KEY_SET_KEY,
    SERVERS,
    with_claims,
    with_servers,
)

SKEW = 400
"""Seconds: more than is tolerated, less than a token lives."""


@fault(breaks=("api_servers_sign_with_the_same_keys",))
def server_has_a_key_of_its_own(world: World) -> World:
    """One of three API servers was rebuilt with a key of its own, which somebody published as well."""
    both = _keys_of(world, beside=True, kid=STRANGERS_KID, n=STRANGERS_MODULUS)
    world = with_object(world, KEY_SET_KEY, _text(both))
    return _with_last(world, replace(_answering(world), key_set=rebuilt_key_set(world)))


@fault(breaks=("every_servers_key_is_published",))
def key_of_the_servers_is_not_published(world: World) -> World:
    """The API servers have a new key besides, which a cache before the one that answers us still hides."""
    world = with_servers(world, *SERVERS)
    (next_key,) = strangers(1)
    both = _keys_of(world, beside=True, kid=next_key["kid"], n=next_key["n"])
    each = replace(_answering(world), key_set=both)
    return replace(world, servers=Subjects(tuple((address, each) for address in SERVERS)))


@fault(breaks=("api_servers_name_the_same_issuer",))
def server_names_another_issuer(world: World) -> World:
    """One of three API servers was not restarted when the issuer changed."""
    document = _answering(world).discovery
    assert isinstance(document, Response)
    said = json.loads(_text(document))
    body = json.dumps({**said, "issuer": K3S_DEFAULT}, separators=(",", ":"))
    return _with_last(world, replace(_answering(world), discovery=_answer(document, body)))


@fault(breaks=("former_issuer_stays_accepted",))
def server_forgot_the_former_issuer(world: World) -> World:
    """One of three API servers accepts the new issuer only."""
    world = with_servers(world, *SERVERS)
    return with_arguments(world, f"{ISSUER}={_issuer(world)}", name="node server-3")


@fault(breaks=("former_issuer_stays_accepted",))
def static_pod_forgot_the_former_issuer(world: World) -> World:
    """One of three API servers that are static pods accepts the new issuer only."""
    world = as_static_pods(with_servers(world, *SERVERS))
    return with_arguments(world, f"{ISSUER}={_issuer(world)}", name="pod kube-apiserver-server-3")


@fault(breaks=("public_issuer_signs_first",))
def restart_will_sign_for_the_default(world: World) -> World:
    """The arguments name the public issuer with `+=`, after K3s's own; the server still runs without them."""
    return with_arguments(world, f"{ISSUER}+={_issuer(world)}")


@fault(breaks=("public_issuer_signs_first",))
def static_pod_names_the_public_issuer_second(world: World) -> World:
    """The static pod's manifest was changed, with the public issuer as the second one."""
    world = as_static_pods(world)
    order = (f"{ISSUER}={K3S_DEFAULT}", f"{ISSUER}={_issuer(world)}")
    return with_arguments(world, *order)


@fault(breaks=("sts_audience_is_no_api_audience",))
def sts_audience_is_the_apis_too(world: World) -> World:
    """The API server was given the audience for STS as one of its own."""
    audiences = (*API_AUDIENCES, STS_AUDIENCE)
    assert isinstance(world.server_arguments, Subjects)
    ((_, arguments),) = world.server_arguments.seen()
    world = with_arguments(world, *arguments.written, f"{AUDIENCES}={','.join(audiences)}")
    return replace(world, api_token=ApiToken(audiences))


@fault(breaks=("clocks_agree",))
def cluster_is_behind(world: World) -> World:
    """The API server's clock is behind by more than five minutes."""
    return _skewed(world, -SKEW)


@fault(breaks=("clocks_agree", "sts_accepts_the_token"))
def cluster_is_ahead(world: World) -> World:
    """The API server's clock is ahead by more than five minutes, so that its tokens are of the future."""
    return _skewed(world, SKEW)


@fault(breaks=("discovery_is_readable_by_service_accounts",))
def discovery_is_shut(world: World) -> World:
    """Somebody removed the binding that lets service accounts read the API server's two documents."""
    assert isinstance(world.discovery_access, Subjects)
    shut = tuple((path, False) for path, _ in world.discovery_access)
    return replace(world, discovery_access=Subjects(shut))


def rebuilt_key_set(world: World) -> Response:
    """The key set of a server that was rebuilt with a key of its own."""
    return _keys_of(world, kid=STRANGERS_KID, n=STRANGERS_MODULUS)


def _skewed(world: World, ahead: int) -> World:
    def later(claims: dict[str, object]) -> dict[str, object]:
        return {name: claims[name] + ahead for name in ("exp", "iat", "nbf")}  # type: ignore[operator]  # seconds

    world = with_tokens(world, lambda token: with_claims(token, **later(dict(token.claims))))
    return replace(world, clocks=Clocks(cluster=ahead, aws=0))


def _issuer(world: World) -> str:
    assert isinstance(world.issuer, Issuer)
    return world.issuer.url


def _answering(world: World) -> Server:
    """What the API server that we talk to would say by its own address."""
    return Server(world.cluster_discovery, world.cluster_keys)


def _with_last(world: World, server: Server) -> World:
    """Three API servers, of which the last one is this."""
    world = with_servers(world, *SERVERS)
    assert isinstance(world.servers, Subjects)
    return replace(world, servers=world.servers.put(SERVERS[-1], server))


def _keys_of(world: World, *, beside: bool = False, **members: str) -> Response:
    """The cluster's key set with one more key, or with this key in place of its own."""
    answer = world.cluster_keys
    assert isinstance(answer, Response)
    (key, *_) = json.loads(_text(answer))["keys"]
    keys = [key, {**key, **members}] if beside else [{**key, **members}]
    return _answer(answer, json.dumps({"keys": keys}, separators=(",", ":")))


def _answer(answer: Response | Missing, body: str) -> Response:
    assert isinstance(answer, Response)
    return replace(answer, body=body, size=len(body))


def _text(answer: Response) -> str:
    assert isinstance(answer.body, str)
    return answer.body
