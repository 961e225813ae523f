"""What stands in the cluster, before and after: accounts, tokens, API servers, webhooks, pods, operators."""

from collections.abc import Callable, Iterator, Mapping

from keystone_check.drift.difference import Differing
from keystone_check.drift.shown import Both, shown
from keystone_check.model.web import Certificate


def _account(found: Differing, _: Both) -> Iterator[str]:
    if len(found.path) == 4 and found.path[2] == "annotations":
        name, annotation = found.path[1], found.path[3]
        if found.came:
            yield f"service account {name} got the annotation {annotation}: {shown(found.now)}"
        elif found.went:
            yield f"service account {name} lost the annotation {annotation}, which was {shown(found.was)}"
        else:
            yield f"annotation {annotation} of {name} was {shown(found.was)}, is {shown(found.now)}"
    elif len(found.path) == 2:
        yield f"service account {found.path[1]} {'is bound now' if found.came else 'is no longer bound'}"


def _server(found: Differing, _: Both) -> Iterator[str]:
    if len(found.path) == 4 and found.path[2] == "written":
        node, argument = found.path[1], found.path[3]
        yield f"the API server of {node} {'no longer has' if found.went else 'has'} the argument {argument}"


def _webhook(found: Differing, _: Both) -> Iterator[str]:
    if len(found.path) == 2:
        said = "is registered now" if found.came else "is no longer registered"
        yield f"the webhook {found.path[1]} {said}"
    elif found.path[2:] == ("failure_policy",):
        yield f"the failure policy of the webhook {found.path[1]} was {found.was}, is {found.now}"
    elif found.path[2:] == ("authorities",):
        was, now = _authorities(found.was), _authorities(found.now)
        yield f"the webhook {found.path[1]} is trusted through {now}; it was {was}"


def _operator(found: Differing, _: Both) -> Iterator[str]:
    if len(found.path) == 2:
        yield f"{found.path[1]} {'runs now' if found.came else 'no longer runs'}"
    elif found.path[2:] == ("image",):
        yield f"{found.path[1]} runs {found.now}; it was {found.was}"


def _pod(found: Differing, _: Both) -> Iterator[str]:
    if len(found.path) == 2:
        yield f"pod {found.path[1]} {'runs now' if found.came else 'no longer runs'}"
    elif found.path[2:] == ("created",):
        yield f"pod {found.path[1]} was made anew"


def _clock(found: Differing, _: Both) -> Iterator[str]:
    if isinstance(found.now, int):
        yield f"the clock of {found.path[1]} is {found.now} seconds ahead of ours; it was {found.was}"


def _token(found: Differing, _: Both) -> Iterator[str]:
    if found.path[2:] == ("lifetime",):
        yield f"a token of {found.path[1]} lives {found.now} seconds; it was {found.was}"
    elif found.path[2:] == ("header", "kid"):
        yield f"tokens are signed with key {shown(found.now)}; it was {shown(found.was)}"
    elif found.path[2:3] == ("signed_by",):
        key = found.was if found.went else found.now
        yield f"key {shown(key)} {'no longer verifies' if found.went else 'verifies'} tokens"
    elif found.path[2:3] == ("claims",) and len(found.path) == 4 and found.came:
        yield f"tokens of {found.path[1]} have the claim {found.path[3]}: {shown(found.now)}"
    elif found.path[2:3] == ("claims",) and len(found.path) == 4 and found.went:
        yield f"tokens of {found.path[1]} have no claim {found.path[3]} any more"


def _cluster(found: Differing, _: Both) -> Iterator[str]:
    if found.path == ("cluster", "version"):
        yield f"Kubernetes was {found.was}, is {found.now}"
    elif found.path == ("issuer", "url"):
        yield f"the issuer was {found.was}, is {found.now}"


def _authorities(held: object) -> str:
    items = held if isinstance(held, tuple) else ()
    return ", ".join(it.subject for it in items if isinstance(it, Certificate)) or "nothing"


WORDS: Mapping[str, Callable[[Differing, Both], Iterator[str]]] = {
    "accounts": _account,
    "tokens": _token,
    "server_arguments": _server,
    "webhooks": _webhook,
    "operators": _operator,
    "pods": _pod,
    "clocks": _clock,
    "cluster": _cluster,
    "issuer": _cluster,
}
"""By the World's field."""
