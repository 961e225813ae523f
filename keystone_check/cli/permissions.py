"""`--permissions`: the least Kubernetes role and IAM policy with which the chosen checks see everything."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from keystone_check.probes.rights import KubeAsk
from keystone_check.reports.as_json import dumps

NAME = "keystone-check"

Manifest = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Scope:
    """To what the rights can be narrowed. Empty: nobody knows yet, so any."""

    namespace: str = ""
    partition: str = "aws"
    account: str = "*"
    bucket: str = "*"


def permissions(asks: Sequence[KubeAsk], actions: Sequence[str], scope: Scope, format: str) -> str:
    """Role and policy, to be piped to kubectl and pasted into IAM; as one object when format is json."""
    roles, policy = manifests(asks, scope.namespace), iam_policy(actions, scope)
    if format == "json":
        return dumps({"kubernetes": {"apiVersion": "v1", "kind": "List", "items": roles}, "iam": policy})
    return "".join(f"{line}\n" for line in _text(roles, policy, scope))


def manifests(asks: Sequence[KubeAsk], namespace: str) -> list[Manifest]:
    """A ClusterRole and, where the checks are confined to a namespace, a Role for what lies in it."""
    inside = [ask for ask in asks if namespace and _is_namespaced(ask)]
    across = [ask for ask in asks if ask not in inside]
    roles = [_role("ClusterRole", {"name": NAME}, across)] if across else []
    return [*roles, _role("Role", {"name": NAME, "namespace": namespace}, inside)] if inside else roles


def iam_policy(actions: Sequence[str], scope: Scope) -> Manifest:
    """The actions, each on the narrowest resource that is known; one statement for each resource."""
    pairs = sorted((resource(action, scope), action) for action in actions)
    statements = [
        {"Effect": "Allow", "Action": [action for _, action in group], "Resource": arn}
        for arn, group in groupby(pairs, key=lambda pair: pair[0])
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def resource(action: str, scope: Scope) -> str:
    """What an action is granted on. IAM grants the listing and the account's block on * alone."""
    iam, s3 = f"arn:{scope.partition}:iam::{scope.account}", f"arn:{scope.partition}:s3:::{scope.bucket}"
    match action:
        case "iam:GetRole":
            return f"{iam}:role/*"
        case "iam:GetOpenIDConnectProvider":
            return f"{iam}:oidc-provider/*"
        case "s3:GetObject":
            return f"{s3}/*"
        case "iam:ListOpenIDConnectProviders" | "s3:GetAccountPublicAccessBlock":
            return "*"
        case _:
            return s3


def _is_namespaced(ask: KubeAsk) -> bool:
    return ask.resource.partition("/")[0] == "serviceaccounts"


def _role(kind: str, metadata: Mapping[str, str], asks: Sequence[KubeAsk]) -> Manifest:
    head = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind, "metadata": metadata}
    return {**head, "rules": list(_rules(asks))}


def _rules(asks: Iterable[KubeAsk]) -> Iterator[Manifest]:
    """One rule for each resource or set of addresses, with all of its verbs."""
    for is_address, of_kind in groupby(sorted(asks, key=_rule), key=lambda ask: ask.resource.startswith("/")):
        if is_address:
            yield {"nonResourceURLs": [ask.resource for ask in of_kind], "verbs": ["get"]}
            continue
        for (_, group, name), of_name in groupby(of_kind, key=_rule):
            yield {"apiGroups": [group], "resources": [name], "verbs": sorted({ask.verb for ask in of_name})}


def _rule(ask: KubeAsk) -> tuple[bool, str, str]:
    return (ask.resource.startswith("/"), ask.group, ask.resource)


def _text(roles: Sequence[Manifest], policy: Manifest, scope: Scope) -> Iterator[str]:
    yield "# Kubernetes: save as role.yaml, then kubectl apply -f role.yaml and, for the user who looks:"
    for role in roles:
        kind = str(role["kind"]).lower()
        where = f" --namespace={scope.namespace}" if kind == "role" else ""
        yield f"#   kubectl create {kind}binding {NAME} --{kind}={NAME} --user=USER{where}"
    for role in roles:
        yield "---"
        yield from _yaml(role)
    yield ""
    yield "# IAM: the policy of whoever calls AWS"
    if scope.bucket == "*":
        yield "# the issuer's bucket is not known here: put its name for * to narrow the policy"
    yield json.dumps(policy, indent=2)


def _yaml(role: Manifest) -> Iterator[str]:
    yield f"apiVersion: {role['apiVersion']}"
    yield f"kind: {role['kind']}"
    yield f"metadata: {json.dumps(role['metadata'])}"
    yield "rules:"
    rules = role["rules"]
    assert isinstance(rules, list), "_role makes it one"
    yield from (f"- {json.dumps(rule)}" for rule in rules)  # JSON is YAML in flow style
