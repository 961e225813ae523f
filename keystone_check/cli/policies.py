"""`--policy`: the least policies of what runs here, in the form in which IAM takes them."""

import json
from collections.abc import Iterator, Sequence

from keystone_check.checks.granting import Asker
from keystone_check.checks.policing import NEEDS, askers, excess, missing
from keystone_check.errors import UsageError
from keystone_check.knowledge.store import minors
from keystone_check.model.world import World
from keystone_check.operators.version import Version, version

__all__ = ["NEEDS", "policies"]


def policies(world: World, wanted: str, release: str, format: str, *, diff: bool) -> str:
    """What `--policy` prints for an operator or a role. UsageError where nothing of it runs."""
    found = [it for it in askers(world, _release(release)) if wanted in (it.policy, it.role, it.role_arn)]
    if not found:
        raise UsageError(
            f"nothing here is called {wanted}, or its role or region is not known",
            "it is karpenter, ack, or the name of an operator's role",
        )
    if format == "json":
        return f"{json.dumps([_data(it) for it in found], indent=2)}\n"
    return "\n".join(line for it in found for line in (_changed(it) if diff else _written(it))) + "\n"


def _release(said: str) -> Version | None:
    """`karpenter=1.14`, or the release alone."""
    if not said:
        return None
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
