"""The release of Kubernetes that is asked for is known here.

## Why it matters
What a release of Kubernetes changes for tokens, webhooks and the ranges of Karpenter is carried as data. Of a
release that came out later nothing is known: all that is judged may hold, and the upgrade may break what
nobody here could know of. So it is never called complete.

## How to fix
Take a later version of keystone-check, or read the release's own notes for changes to service account tokens,
admission webhooks and the feature gates that concern them, and try it on a cluster that may break.

## References
- https://kubernetes.io/releases/
- https://kubernetes.io/releases/version-skew-policy/
"""

from collections.abc import Iterator

from keystone_check.knowledge.store import minors
from keystone_check.model.facts import Missing
from keystone_check.model.finding import Finding, Severity, blocked, holds
from keystone_check.operators.version import Version, version
from keystone_check.upgrading.asked import KUBERNETES
from keystone_check.upgrading.moves import Move

severity = Severity.MEDIUM


def judge(moves: tuple[Move, ...]) -> Iterator[Finding]:
    """One finding where Kubernetes is a target."""
    newest = newest_known()
    for move in moves:
        if move.product != KUBERNETES:
            continue
        if Version(move.then.major, move.then.minor) <= newest:
            yield holds(f"Kubernetes {move.then.line}")
            continue
        because = (
            f"Kubernetes {move.then.line} is newer than {newest.line}, the newest that is known here: "
            f"it is judged by what is known of {newest.line}, and what else it changes nobody here can say"
        )
        yield blocked(f"Kubernetes {move.then.line}", Missing("cluster", because))


def newest_known() -> Version:
    """The newest that any release of Karpenter names."""
    tags = (newest for minor in minors().values() for _, newest in minor["tags"].values())
    return max(found for tag in tags if (found := version(tag)))
