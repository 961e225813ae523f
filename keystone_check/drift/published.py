"""What a stranger gets of the issuer, before and after: keys, documents, certificates."""

import json
from collections.abc import Callable, Iterator, Mapping

from keystone_check.drift.difference import Differing
from keystone_check.drift.shown import Both, shown
from keystone_check.iam.oidc import Jwk, KeySet, read_key_set
from keystone_check.model.web import Certificate, Chain, Response

_SETS = {"key_set": "the published key set", "cluster_keys": "the API server's key set"}
_DOCUMENTS = {
    "discovery": "the published discovery document",
    "cluster_discovery": "the API server's discovery document",
}


def _keys(found: Differing, _: Both) -> Iterator[str]:
    """Of a key set: what was published and what is."""
    name = _SETS[found.path[0]]
    was, now = _jwks(_body(found.was)), _jwks(_body(found.now))
    if was is None or now is None or found.path[1:] not in ((), ("body",)):
        return
    for thumbprint, key in was.items():
        if thumbprint not in now:
            yield f"key {_named(key)} left {name}"
    for thumbprint, key in now.items():
        if thumbprint not in was:
            yield f"key {_named(key)} appeared in {name}"
        elif was[thumbprint] != key:
            yield f"key {_named(key)} in {name} is written otherwise: {_members(was[thumbprint], key)}"


def _named(key: Jwk) -> str:
    return f"{key.kid or 'without a kid'} ({key.alg or 'no alg'}, {key.thumbprint[:12]}…)"


def _members(was: Jwk, now: Jwk) -> str:
    before, after = dict(was.members), dict(now.members)
    names = sorted(name for name in before | after if before.get(name) != after.get(name))
    return "; ".join(f"{name} was {shown(before.get(name))}, is {shown(after.get(name))}" for name in names)


def _body(held: object) -> str | None:
    body = held.body if isinstance(held, Response) else held
    return body if isinstance(body, str) else None


def _jwks(body: str | None) -> Mapping[str, Jwk] | None:
    read = read_key_set(body) if body is not None else None
    return {key.thumbprint: key for key in read.keys} if isinstance(read, KeySet) else None


def _document(found: Differing, _: Both) -> Iterator[str]:
    name = _DOCUMENTS[found.path[0]]
    was, now = _object(_body(found.was)), _object(_body(found.now))
    if was is None or now is None or found.path[1:] not in ((), ("body",)):
        return
    for member in dict.fromkeys((*was, *now)):
        if was.get(member) != now.get(member):
            yield f"{member} of {name} was {shown(was.get(member))}, is {shown(now.get(member))}"


def _object(body: str | None) -> Mapping[str, object] | None:
    try:
        found = json.loads(body or "")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _host(found: Differing, _: Both) -> Iterator[str]:
    if len(found.path) < 2:
        return
    host = found.path[1]
    if found.path[2:] == ("certificates",):
        was, now = _leaf(found.was), _leaf(found.now)
        if was and now and was.sha1 != now.sha1:
            yield f"{host} serves another certificate: {now.subject}, {now.sha1}; it was {was.sha1}"
        else:
            yield f"{host} serves another chain: {_chain(found.now)}; it was {_chain(found.was)}"
    elif len(found.path) == 2 and isinstance(found.now, Chain):
        yield f"{host} is a host of the documents now"


def _leaf(held: object) -> Certificate | None:
    first = held[0] if isinstance(held, tuple) and held else None
    return first if isinstance(first, Certificate) else None


def _chain(held: object) -> str:
    items = held if isinstance(held, tuple) else ()
    return ", ".join(f"{it.subject} ({it.sha1[:12]}…)" for it in items) or "nothing"


WORDS: Mapping[str, Callable[[Differing, Both], Iterator[str]]] = {
    **dict.fromkeys(_SETS, _keys),
    **dict.fromkeys(_DOCUMENTS, _document),
    "chains": _host,
}
"""By the World's field."""
