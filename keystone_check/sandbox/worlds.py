"""Worlds in which every link holds."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from keystone_check import jose
from keystone_check.iam import s3
from keystone_check.iam.oidc import (
    Jwk,
    KeySet,
    discovery_document,
    discovery_url,
    key_set_address,
    public_url_problem,
    read_key_set,
)
from keystone_check.model.aws import (
    Bucket,
    Caller,
    Encryption,
    Provider,
    PublicAccessBlock,
    Role,
    StoredObject,
)
from keystone_check.model.cluster import ROLE_ARN, Cluster, Issuer, Listing, ServiceAccount, Token
from keystone_check.model.exchange import GRANTED, Event, Trail, nothing_recorded
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.servers import ApiToken, Clocks, Server, ServerArguments
from keystone_check.model.web import Addresses, Chain, Response
from keystone_check.model.world import STS_AUDIENCE, Expected, World
from keystone_check.probes.declaring import NOT_GIVEN
from keystone_check.probes.nobody import without_operators
from keystone_check.probes.servers import DOCUMENTS, only
from keystone_check.sandbox import cellar
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.workloads import with_injection

DISCOVERY_KEY = ".well-known/openid-configuration"
KEY_SET_KEY = "openid/v1/jwks"
ADVERTISED_KEY_SET = "https://10.0.0.5:6443/openid/v1/jwks"
"""K3s passes no --service-account-jwks-uri, so its own document names the server's private address."""
API_AUDIENCES = ("https://kubernetes.default.svc.cluster.local", "k3s")
"""What K3s sets, whatever the issuer is."""
K3S_DEFAULT = API_AUDIENCES[0]
"""The issuer for which K3s signs unless it is told otherwise."""
SERVERS = ("10.0.0.5:6443", "10.0.0.6:6443", "10.0.0.7:6443")
"""The first is the only one of the healthy world."""
PUBLIC_ADDRESSES = ("52.219.170.10", "52.219.170.11")
"""What the hosts' names resolve to; of S3 in eu-central-1, and never asked: the sandbox is."""
LIFETIME = 3600
AGE = 30 * 24 * 3600
"""How long ago the provider was made."""
SIGNATURE_BYTES = {"RS256": 2048 // 8, "ES256": 2 * 32, "ES384": 2 * 48, "ES512": 2 * 66}
"""Of the sandbox's own keys, by what they sign with."""

INJECTION = ("webhooks", "webhook_backends", "namespaces", "injections", "pods", "templates")
"""The facts of the link injection, which follow from the accounts."""
POLICY_ONLY = PublicAccessBlock(True, True, False, False)
"""ACLs shut, a public bucket policy let through: what an issuer's bucket needs."""


def healthy(ground: Ground, now: int) -> World:
    """K3s with an issuer on S3 and three bound accounts: an application, Karpenter and an ACK controller."""
    bucket = f"keystone-oidc-{ground.number}"
    issuer = f"https://{bucket}.s3.{ground.region}.amazonaws.com"
    key = _signing_key(ground)
    accounts = tuple(_account(ground, *binding) for binding in BINDINGS)
    provider_arn = f"arn:aws:iam::{ground.account}:oidc-provider/{issuer.removeprefix('https://')}"
    chain = _chain(ground, f"{bucket}.s3.{ground.region}.amazonaws.com")
    roles = Subjects(tuple((item.role_arn, role((item,), provider_arn, issuer)) for item in accounts))
    world = World(
        expected=Expected(),
        now=now,
        cluster=Cluster("https://127.0.0.1:6443", "v1.36.3+k3s1", "sandbox-admin"),
        caller=Caller(f"arn:aws:iam::{ground.account}:user/engineer", ground.account, ground.region),
        issuer=Issuer(issuer, "discovery document of the API server"),
        cluster_discovery=_api_document(issuer, key.alg),
        cluster_keys=_api_answer("/openid/v1/jwks", "application/jwk-set+json", _key_set(key)),
        accounts=Subjects(tuple((f"{item.namespace}/{item.name}", item) for item in accounts)),
        tokens=Subjects(
            tuple((f"{item.namespace}/{item.name}", minted(item, issuer, key, now)) for item in accounts)
        ),
        discovery=Missing("discovery", "not yet published"),
        key_set=Missing("key_set", "not yet published"),
        chains=Subjects(((chain.host, chain),)),
        addresses=Subjects(((chain.host, Addresses(chain.host, PUBLIC_ADDRESSES)),)),
        bucket=_bucket(ground, bucket, issuer, key),
        account_public_access=Absent(
            "account_public_access", f"account {ground.account} has no public access block"
        ),
        organization_public_access=Absent(
            "organization_public_access", f"account {ground.account} is in no organization"
        ),
        own_buckets=(bucket,),
        provider_arns=(provider_arn,),
        provider_buckets=Subjects(),
        providers=Subjects(
            (
                (
                    provider_arn,
                    Provider(
                        provider_arn,
                        issuer.removeprefix("https://"),
                        (STS_AUDIENCE,),
                        (chain.certificates[-1].sha1,),
                        now - AGE,
                    ),
                ),
            )
        ),
        roles=roles,
        server_arguments=_arguments(issuer),
        servers=Subjects(((SERVERS[0], only(SERVERS[0])),)),
        clocks=Clocks(0, 0),
        api_token=ApiToken(API_AUDIENCES),
        discovery_access=Subjects(tuple((path, True) for path in DOCUMENTS)),
        listed=Listing("", ""),
        trusting_roles=roles,
        answers=Subjects(tuple((f"{item.namespace}/{item.name}", GRANTED) for item in accounts)),
        recorded=recorded(ground.region, accounts, now),
        **dict.fromkeys(INJECTION, Missing("injection", "not yet injected")),
        **without_operators(),
        declared=Absent("declared", NOT_GIVEN),
    )
    return published(with_injection(world, ground.region))


def _arguments(issuer: str) -> Subjects[ServerArguments]:
    """As the docs of K3s have it: the new issuer first, the default still accepted."""
    written = (f"service-account-issuer={issuer}", f"service-account-issuer={K3S_DEFAULT}")
    return Subjects((("node server-1", ServerArguments("k3s", "annotation k3s.io/node-args", written)),))


def with_servers(world: World, *addresses: str) -> World:
    """The world with several API servers that agree in everything."""
    server = Server(world.cluster_discovery, world.cluster_keys)
    assert isinstance(world.server_arguments, Subjects)
    ((_, arguments),) = world.server_arguments.seen()
    nodes = ((f"node server-{number}", arguments) for number in range(1, len(addresses) + 1))
    return replace(
        world,
        servers=Subjects(tuple((address, server) for address in addresses)),
        server_arguments=Subjects(tuple(nodes)),
    )


BINDINGS = (("ack-system", "ack-s3-controller"), ("app", "api"), ("karpenter", "karpenter"))
"""Namespace and name of the bound service accounts; each role has the account's name."""


def published(world: World) -> World:
    """The world with its two public documents, and the hosts that serve them, as the bucket makes them."""
    discovery = _answered(world, discovery_url(_issuer(world)))
    jwks_uri = key_set_address(discovery)
    key_set = jwks_uri if isinstance(jwks_uri, Missing) else _answered(world, jwks_uri)
    chains = _chains(world, jwks_uri)
    addresses = _addresses(world, chains)
    return replace(world, discovery=discovery, key_set=key_set, chains=chains, addresses=addresses)


def reissued(world: World, issuer: str) -> World:
    """The world with an API server that signs for another issuer; what AWS holds stays."""
    assert isinstance(world.tokens, Subjects)
    tokens = tuple((name, _renamed(token, issuer)) for name, token in world.tokens.seen())
    return replace(
        world,
        tokens=Subjects(tokens),
        cluster_discovery=_api_document(issuer, _signs_with(world)),
    )


def _renamed(token: Token, issuer: str) -> Token:
    return with_claims(token, iss=issuer)


def with_claims(token: Token, **changed: object) -> Token:
    """The token with other claims; one that is None is left out."""
    claims = {name: value for name, value in {**token.claims, **changed}.items() if value is not None}
    return resized(replace(token, claims=claims))


def resized(token: Token) -> Token:
    """The token with the size that its claims make."""
    return replace(token, size=_compact_size(token.header, token.claims))


def minted(account: ServiceAccount, issuer: str, key: Jwk, now: int) -> Token:
    """What TokenRequest gives for the account: the claims of Kubernetes 1.36 without the random `jti`."""
    claims: dict[str, object] = {
        "aud": [STS_AUDIENCE],
        "exp": now + LIFETIME,
        "iat": now,
        "iss": issuer,
        "kubernetes.io": {
            "namespace": account.namespace,
            "serviceaccount": {"name": account.name, "uid": account.uid},
        },
        "nbf": now,
        "sub": account.subject,
    }
    header: dict[str, object] = {"alg": key.alg, "kid": key.kid}
    return Token(header, claims, _compact_size(header, claims), (key.thumbprint,))


def _compact_size(header: Mapping[str, object], claims: Mapping[str, object]) -> int:
    payload = _compact({**claims, "jti": "00000000-0000-0000-0000-000000000000"})
    signature = SIGNATURE_BYTES.get(str(header.get("alg")), SIGNATURE_BYTES["RS256"])
    sizes = (len(_compact(header)), len(payload), signature)
    return 2 + sum((4 * size + 2) // 3 for size in sizes)  # base64url without padding, and two dots


def _compact(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _signing_key(ground: Ground) -> Jwk:
    read = read_key_set(json.dumps({"keys": [jose.public_jwk(ground.signing_key.public_key())]}))
    assert isinstance(read, KeySet)
    return read.keys[0]


def _key_set(*keys: Jwk) -> str:
    return json.dumps({"keys": [dict(key.members) for key in keys]}, separators=(",", ":"))


def _signs_with(world: World) -> str:
    assert isinstance(world.tokens, Subjects)
    return next(token.algorithm for _, token in world.tokens.seen())


def _api_document(issuer: str, algorithm: str) -> Response:
    document = {
        "issuer": issuer,
        "jwks_uri": ADVERTISED_KEY_SET,
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [algorithm],
    }
    body = json.dumps(document, separators=(",", ":"))
    return _api_answer(f"/{DISCOVERY_KEY}", "application/json", body)


def _api_answer(path: str, content_type: str, body: str) -> Response:
    headers = (("cache-control", "public, max-age=3600"), ("content-type", content_type))
    return Response(path, 200, headers, body, len(body))


def _issuer(world: World) -> str:
    assert isinstance(world.issuer, Issuer), "a world that is served has an issuer"
    return world.issuer.url


def _answered(world: World, url: str) -> Response | Missing:
    problem = public_url_problem(url)
    if problem:
        return Missing("key_set", f"GET {url}: no stranger can, {problem}; it was not asked")
    if s3.locate(url) is None:
        return _in_front(world, url)
    assert isinstance(world.bucket, Bucket | Absent)
    answer = s3.anonymous_get(world.bucket, world.account_public_access, url)
    assert isinstance(answer, Response), "nothing that decides is missing in a world that is served"
    return answer


def _in_front(world: World, url: str) -> Response:
    """What another web server than S3 answers: whoever names its address says what, before."""
    known = [answer for answer in (world.discovery, world.key_set) if isinstance(answer, Response)]
    return next(answer for answer in known if answer.url == url)


def _chains(world: World, jwks_uri: str | Missing) -> Subjects[Chain]:
    """The issuer's host first, then the key host where it is another."""
    first = world.chains.entries[:1]
    host = "" if isinstance(jwks_uri, Missing) else urlsplit(jwks_uri).netloc
    if not host or host == first[0][0]:
        return Subjects(first)
    known = dict(world.chains).get(host)
    if known is not None:
        return Subjects((*first, (host, known)))
    problem = public_url_problem(f"https://{host}/")
    unasked = Missing(host, f"TLS with {host}: no stranger can, {problem}; it was not asked")
    return Subjects((*first, (host, unasked)))


def _addresses(world: World, chains: Subjects[Chain]) -> Subjects[Addresses]:
    """Of the same hosts; a host that no stranger can ask for has none."""
    known = dict(world.addresses) if isinstance(world.addresses, Subjects) else {}
    return Subjects(tuple((host, known.get(host) or unresolved(host)) for host, _ in chains))


def unresolved(host: str) -> Absent:
    """What stands for the addresses of a host that no stranger asks for."""
    problem = public_url_problem(f"https://{host}")
    return Absent(host, f"no stranger asks for it, {problem}; its name was not resolved")


def _bucket(ground: Ground, name: str, issuer: str, key: Jwk) -> Bucket:
    discovery = discovery_document(issuer, f"{issuer}/{KEY_SET_KEY}", (key.alg,))
    objects = (
        (DISCOVERY_KEY, StoredObject(discovery, "application/json", "AES256")),
        (KEY_SET_KEY, StoredObject(_key_set(key), "application/json", "AES256")),
    )
    policy = s3.document_policy(None, "aws", name, (DISCOVERY_KEY, KEY_SET_KEY))
    return Bucket(
        name=name,
        region=ground.region,
        public_access=POLICY_ONLY,
        ownership="BucketOwnerEnforced",
        policy=policy,
        objects=Subjects(objects),
        policy_is_public=True,
        default_encryption=Encryption("AES256"),
        grants=(),
        tags=Absent("tags", f"bucket {name} has no tags"),
    )


def _account(ground: Ground, namespace: str, name: str) -> ServiceAccount:
    uid = f"00000000-0000-4000-8000-{BINDINGS.index((namespace, name)) + 1:012d}"
    return ServiceAccount(namespace, name, uid, {ROLE_ARN: f"arn:aws:iam::{ground.account}:role/{name}"})


def role(accounts: Sequence[ServiceAccount], provider_arn: str, issuer: str) -> Role:
    """The role to which these accounts are bound, and which trusts just them."""
    host = issuer.removeprefix("https://")
    subjects = [account.subject for account in accounts]
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                f"{host}:sub": subjects if len(subjects) > 1 else subjects[0],
                f"{host}:aud": STS_AUDIENCE,
            }
        },
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
    return Role(accounts[0].role_arn, trust)


def recorded(region: str, accounts: Iterable[ServiceAccount], now: int) -> Trail:
    """Each account's last exchange was accepted an hour ago."""
    exchanges = []
    for account in accounts:
        name = f"{account.namespace}/{account.name}"
        accepted = Event(now - 3600, "", "")
        exchanges.append((name, replace(nothing_recorded(name), accepted=accepted)))
    return Trail(region, now - 12 * 3600, Subjects(tuple(exchanges)))


def _chain(ground: Ground, host: str) -> Chain:
    return Chain(host, cellar.facts(ground.web), False, cellar.UNKNOWN_ISSUER, True, "connect_to")
