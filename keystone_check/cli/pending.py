"""The write permissions that a pending plan takes, no more: on its very objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from keystone_check.model.change import Change, SetAnnotation
from keystone_check.probes.rights import AwsAsk, KubeAsk


@dataclass(frozen=True, slots=True)
class Pending:
    """What writing a plan takes beside what looking takes."""

    kube: tuple[tuple[KubeAsk, str, str], ...] = ()
    """The request, and namespace and name of what it goes to."""
    iam: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By action, the ARNs on which it is needed."""


def pending(changes: Iterable[Change]) -> Pending:
    """What these changes take."""
    from keystone_check.remedy.apply.rights import needed, resource  # the writer's room loads boto3

    kube: dict[tuple[KubeAsk, str, str], None] = {}
    iam: dict[str, dict[str, None]] = {}
    for change in changes:
        for ask in needed(change):
            if isinstance(ask, AwsAsk):
                iam.setdefault(ask.action, {})[resource(ask, change)] = None
            elif isinstance(change, SetAnnotation):
                kube[(ask, change.namespace, change.name)] = None
    return Pending(tuple(kube), {action: tuple(sorted(arns)) for action, arns in iam.items()})


def roles(wanted: Pending) -> list[dict[str, object]]:
    """A Role in each namespace, for the service accounts that are written to and no others."""
    made: list[dict[str, object]] = []
    entries = sorted(wanted.kube, key=lambda entry: entry[1])
    for namespace, of_it in groupby(entries, key=lambda entry: entry[1]):
        asks = tuple(of_it)
        rule = {
            "apiGroups": [""],
            "resources": ["serviceaccounts"],
            "verbs": sorted({ask.verb for ask, _, _ in asks}),
            "resourceNames": sorted({name for _, _, name in asks}),
        }
        metadata = {"name": "keystone-check-repair", "namespace": namespace}
        head = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata}
        made.append({**head, "rules": [rule]})
    return made


def statements(wanted: Pending, granted: Iterable[str]) -> list[dict[str, str | list[str]]]:
    """What the plan takes beyond the actions that looking has already; one statement for the same ARNs."""
    more = sorted((arns, action) for action, arns in wanted.iam.items() if action not in set(granted))
    return [
        {
            "Effect": "Allow",
            "Action": [action for _, action in group],
            "Resource": list(arns) if len(arns) > 1 else arns[0],
        }
        for arns, group in groupby(more, key=lambda pair: pair[0])
    ]
