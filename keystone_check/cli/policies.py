"""`--policy`: the least policies of what runs here, in the form in which IAM takes them."""

import json
from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from keystone_check.checks.granting import Asker
from keystone_check.checks.policing import NEEDS, Kinds, askers, excess, missing
from keystone_check.errors import UsageError
from keystone_check.knowledge.store import controllers, minors
from keystone_check.model.world import World
from keystone_check.operators.ack.running import PRODUCT
from keystone_check.operators.version import Version, version

__all__ = ["NEEDS", "policies"]


def policies(world: World, wanted: str, release: str, format: str, *, diff: bool) -> str:
    """What `--policy` prints for an operator or a role. UsageError where nothing of it runs."""
    asked = _asked(release)
    found = [
        it
        for it in askers(world, asked)
        if wanted in (it.policy, it.role, it.role_arn) and _concerns(it, asked)
    ]
    if not found:
        raise UsageError(
            f"nothing here is called {wanted}, or its role or region is not known",
            "it is karpenter, ack, or the name of an operator's role",
        )
    if format == "json":
        return f"{json.dumps([_data(it) for it in found], indent=2)}\n"
    return "\n".join(line for it in found for line in (_changed(it) if diff else _written(it))) + "\n"


def _asked(said: str) -> Version | Kinds | None:
    """A release of Karpenter, or of one controller of ACK: its release, or some of its kinds."""
    name, _, rest = said.partition("=")
    if name.startswith(PRODUCT):
        return _of_ack(name.removeprefix(PRODUCT), rest)
    return _release(said) if said else None


def _of_ack(service: str, said: str) -> Kinds:
    """`ack-ec2=VPC,Subnet`; by a release, every kind of it: of each controller one is known."""
    if service not in controllers():
        near = get_close_matches(service, controllers())
        raise UsageError(
            f"no controller ack-{service} is known", f"did you mean ack-{near[0]}?" if near else ""
        )
    told = controllers()[service]
    wanted, known = version(said), version(told["version"])
    if wanted is not None and known is not None and wanted > known:
        raise UsageError(f"ack-{service} {said} is not known", f"the newest that is known here is {known}")
    kinds = tuple(told["kinds"]) if wanted or not said else tuple(filter(None, said.split(",")))
    if unknown := [it for it in kinds if it not in told["kinds"]]:
        raise UsageError(f"ack-{service} has no kind {unknown[0]}", f"it has {', '.join(told['kinds'])}")
    return Kinds(service, kinds)


def _concerns(asker: Asker, asked: Version | Kinds | None) -> bool:
    """Whether it is the controller that `--for` names; any where none is named."""
    return not isinstance(asked, Kinds) or asker.product == f"{PRODUCT}{asked.service}"


def _release(said: str) -> Version:
    """`karpenter=1.14`, or the release alone."""
    found = version(said.removeprefix("karpenter="))
    if found is None or found.line not in minors():
        raise UsageError(f"--for takes a release of Karpenter, not {said!r}", f"known: {', '.join(minors())}")
    return found


def _written(asker: Asker) -> Iterator[str]:
    yield f"# {asker.name}: policies for role {asker.role}"
    if asker.doubt:
        yield f"# {asker.doubt}: these may not be all"
    for document in asker.least():
        yield f"# {document.name}: {document.size} characters of 6144"
        yield document.text


def _changed(asker: Asker) -> Iterator[str]:
    yield f"# {asker.name}: role {asker.role}"
    yield from (f"+ {action}" for action in missing(asker))
    yield from (f"- {action}" for action in excess(asker))
    if not missing(asker) and not excess(asker):
        yield "# nothing is missing, and nothing is too much"


def _data(asker: Asker) -> dict[str, object]:
    documents: Sequence[dict[str, object]] = [
        {"name": it.name, "document": json.loads(it.text)} for it in asker.least()
    ]
    return {
        "operator": asker.name,
        "role": asker.role_arn,
        "policies": documents,
        "missing": list(missing(asker)),
        "excess": list(excess(asker)),
    }
