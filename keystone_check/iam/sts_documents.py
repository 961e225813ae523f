"""The exchange's fifth and sixth step: the issuer's documents as STS fetches them, and the signature."""

from collections.abc import Iterator

from keystone_check.iam import served_chain
from keystone_check.iam.jwk import MOST_KEYS, Jwk, KeySet, read_key_set
from keystone_check.iam.oidc import (
    Discovery,
    Unreadable,
    discovery_url,
    public_url_problem,
    read_discovery,
)
from keystone_check.iam.s3_address import split
from keystone_check.iam.sts_answers import (
    Certainty,
    Reason,
    Unseen,
    bad_signature,
    no_verification_key,
    thumbprint_differs,
)
from keystone_check.model.aws import Provider
from keystone_check.model.cluster import Token
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.web import Chain, Response

PATIENCE = 5
"""Seconds; https://repost.aws/knowledge-center/iam-sts-invalididentitytoken names more as a cause."""

Step = Iterator[Reason | Unseen]


def keys(token: Token, discovery: Response | Missing, key_set: Response | Missing) -> Step:
    """5a. The discovery document is there and names this issuer. 5b. The key set is there, and holds the
    token's key by kid, at most 100 of its type. 6. The signature is of that key."""
    if isinstance(discovery, Missing):
        yield Unseen(discovery)
        return
    if discovery.url != discovery_url(token.issuer):
        yield Unseen(f"{discovery_url(token.issuer)} was not fetched; {discovery.url} was")
        return
    yield from _patience(discovery.url, discovery.milliseconds)
    document = _document(discovery)
    if isinstance(document, Reason | Unseen):
        yield document
        return
    yield from _discovery(token, document, discovery.url)
    if isinstance(key_set, Missing):
        yield Unseen(key_set)
    elif key_set.url != document.jwks_uri:
        yield Unseen(f"{document.jwks_uri} was not fetched; {key_set.url} was")
    else:
        if discovery.milliseconds <= PATIENCE * 1000:
            both = discovery.milliseconds + key_set.milliseconds
            yield from _patience(f"{discovery.url} with {key_set.url}", both)
        yield from _key_set(token, key_set)


def certificates(
    provider: Provider,
    token: Token,
    discovery: Response | Missing,
    key_set: Response | Missing,
    chains: Subjects[Chain],
) -> Step:
    """5c. Each host's chain is one that the world trusts, or its last certificate is in the provider's list.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
    """
    if isinstance(discovery, Missing) or discovery.url != discovery_url(token.issuer):
        return  # step 5a says so
    urls = [response.url for response in (discovery, key_set) if isinstance(response, Response)]
    for host in filter(None, dict.fromkeys(map(_host, urls))):
        chain = chains[host]
        if isinstance(chain, Missing):
            yield Unseen(chain)
        elif isinstance(chain, Absent):
            yield no_verification_key(f"{host} serves no certificate: {chain.because}", Certainty.INFERRED)
        elif served_chain.intercepted(chain):
            yield Unseen(f"a proxy on the way here replaced the certificates of {host} by its own")
        else:
            for problem in served_chain.problems(chain):
                yield no_verification_key(f"{host} {problem}", Certainty.INFERRED)
            if not (chain.publicly_trusted and chain.tls12):
                yield from _pinned(provider, chain)


def _pinned(provider: Provider, chain: Chain) -> Step:
    last = chain.certificates[-1].sha1 if chain.certificates else ""
    listed = {thumbprint.lower() for thumbprint in provider.thumbprints}
    if last.lower() not in listed or not last:
        why = chain.distrust if not chain.publicly_trusted else "the host refuses TLS 1.2"
        pinned = ", ".join(provider.thumbprints) or "none"
        yield thumbprint_differs(
            f"AWS falls back to thumbprints for {chain.host} ({why}); the last certificate that it serves is "
            f"{last or 'none'}, the provider pins {pinned}"
        )


def _patience(what: str, milliseconds: int) -> Step:
    if milliseconds > PATIENCE * 1000:
        yield no_verification_key(
            f"{what} took {milliseconds / 1000:g} seconds; AWS names more than {PATIENCE} as a cause"
        )


def _document(discovery: Response) -> Discovery | Reason | Unseen:
    body = _body(discovery, "the discovery document")
    if not isinstance(body, str):
        return body
    document = read_discovery(body)
    if isinstance(document, Unreadable):
        return no_verification_key(f"{discovery.url} is no discovery document: {document.because}")
    return document


def _body(response: Response, what: str) -> str | Reason | Unseen:
    if response.status in (301, 302, 303, 307, 308):
        to = response.header("location") or "no location"
        return no_verification_key(f"{what} {response.url} redirects to {to}", Certainty.INFERRED)
    if response.status != 200:
        return no_verification_key(f"a stranger who asks for {what} {response.url} gets {response.status}")
    if isinstance(response.body, Missing):
        return no_verification_key(f"{what} {response.url}: {response.body.because}", Certainty.INFERRED)
    return response.body


def _discovery(token: Token, document: Discovery, url: str) -> Step:
    if document.issuer != token.issuer:
        yield no_verification_key(
            f'the document at {url} names the issuer "{document.issuer}", the token "{token.issuer}"',
            Certainty.INFERRED,
        )
    problem = public_url_problem(document.jwks_uri)
    if problem:
        yield no_verification_key(f"STS cannot fetch the jwks_uri {document.jwks_uri}: {problem}")


def _key_set(token: Token, response: Response) -> Step:
    body = _body(response, "the key set")
    if not isinstance(body, str):
        yield body
        return
    published = read_key_set(body)
    if isinstance(published, Unreadable):
        yield no_verification_key(f"{response.url} is no key set: {published.because}")
        return
    kty = "RSA" if token.algorithm.startswith("RS") else "EC"
    count = len(published.of_type(kty))
    if count > MOST_KEYS:
        yield no_verification_key(f"{response.url} holds {count} {kty} keys, and AWS takes {MOST_KEYS}")
    yield from _signature(token, published, response.url)


def _signature(token: Token, published: KeySet, url: str) -> Step:
    found = [key for key in published.with_kid(token.kid) if key.named]
    if not found:
        kids = ", ".join(key.kid or "(no kid)" for key in published.keys) or "no key at all"
        yield no_verification_key(f"{url} lacks the token's key {token.kid or '(no kid)'}; it holds {kids}")
        return
    if len({key.thumbprint for key in found}) > 1:
        yield Unseen(
            f"{url} holds {len(found)} different keys under the kid {token.kid}; STS may take either"
        )
    fit = [key for key in found if key.serves(token.algorithm)]
    if not fit:
        yield no_verification_key(
            f"the key {token.kid} is {_described(found[0])}, and the token is signed with {token.algorithm}",
            Certainty.INFERRED,
        )
        return
    signing = [key for key in fit if key.thumbprint in token.signed_by]
    doubtful = next((key for key in signing or fit if key.doubts), None)
    if all(key.flaws for key in fit):
        cause = f"{url} holds no key under the kid {token.kid}: {fit[0].flaws[0]}"
        yield no_verification_key(cause, Certainty.INFERRED)
    elif doubtful:
        yield Unseen(
            f"the key {token.kid}: {doubtful.doubts[0]}; whether STS verifies with it is not documented"
        )
    elif not signing:
        yield bad_signature(f"the published key {token.kid} is not the one that signed the token")


def _described(key: Jwk) -> str:
    return " ".join(filter(None, (key.kty, str(key.members.get("crv", "")), key.alg, key.use)))


def _host(url: str) -> str:
    """As chains are listed: `host`, or `host:port` where it is another than 443."""
    parts = split(url)
    if parts is None:
        return ""
    return (parts.hostname or "") + (f":{parts.port}" if parts.port not in (None, 443) else "")
