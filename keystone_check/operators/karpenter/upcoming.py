"""What another release will ask of the same role, and whether a release's single policy is too long."""

from dataclasses import replace

from keystone_check.knowledge.store import minors
from keystone_check.model.permissions import Permissions
from keystone_check.operators.documents import MOST
from keystone_check.operators.granted import Refused, answers
from keystone_check.operators.karpenter.installation import Installation
from keystone_check.operators.karpenter.requirement import requirement
from keystone_check.operators.karpenter.template import Place, template
from keystone_check.operators.version import version


def added(installed: Installation, minor: str, permissions: Permissions) -> tuple[str, ...]:
    """The actions that this minor asks and these permissions refuse. Nothing for the minor that runs."""
    other = version(minor)
    if other is None or installed.version.line == minor:
        return ()
    found = answers(permissions, requirement(replace(installed, version=other)))
    return tuple(dict.fromkeys(one.need.action for one in found if isinstance(one, Refused)))


def too_long(installed: Installation) -> str:
    """Why a policy of this release may never have landed; empty where its template is short enough."""
    if installed.version.line not in minors():
        return ""
    name = f"KarpenterNodeRole-{installed.cluster}"
    place = Place(
        cluster=installed.cluster,
        account=installed.account,
        region=installed.region,
        node_role=f"arn:{installed.partition}:iam::{installed.account}:role/{name}",
        queue=f"arn:{installed.partition}:sqs:{installed.region}:{installed.account}:{installed.queue}",
        partition=installed.partition,
    )
    longest = max(template(installed.version, place), key=lambda document: document.size)
    if longest.size <= MOST:
        return ""
    return (
        f"the release's own policy has {longest.size} characters for this cluster name: AWS refuses it with "
        f"LimitExceeded: Cannot exceed quota for PolicySize: {MOST}, and the former one stays attached"
    )
