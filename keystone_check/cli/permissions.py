"""`--permissions`: the least Kubernetes role and IAM policy with which the chosen checks see everything."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from keystone_check.cli import pending
from keystone_check.cli.pending import Pending
from keystone_check.cli.scope import Scope
from keystone_check.probes.operator_rights import OF_OPERATORS
from keystone_check.probes.rights import (
    ASKS,
    CREATE_POD,
    CREATE_TOKEN,
    GET_ACCOUNT,
    GET_OBJECT,
    LIST_PODS,
    AwsAsk,
    KubeAsk,
)
from keystone_check.reports.as_json import dumps

NAME = "keystone-check"
Manifest = Mapping[str, object]
NOTHING = Pending()
"""No plan: looking alone."""


def permissions(
    asks: Sequence[KubeAsk],
    actions: Sequence[str],
    scope: Scope,
    format: str,
    plan: Pending = NOTHING,
) -> str:
    """Role and policy, to be piped to kubectl and pasted into IAM; as one object when format is json.

    With a plan, what writing it takes stands beside what looking takes.
    """
    roles, policy = manifests(asks, scope) + pending.roles(plan), iam_policy(actions, scope, plan)
    if format == "json":
        return dumps({"kubernetes": {"apiVersion": "v1", "kind": "List", "items": roles}, "iam": policy})
    lines = (*_kubernetes(asks, roles), "", *_iam(actions, policy, scope))
    return "".join(f"{line}\n" for line in lines)


def manifests(asks: Sequence[KubeAsk], scope: Scope) -> list[Manifest]:
    """A ClusterRole and, where the checks are confined to a namespace, a Role for what lies in it.

    Expected bindings in other namespaces get a Role there, for their service accounts alone and their pods.
    """
    inside = [ask for ask in asks if scope.namespace and _is_namespaced(ask)]
    across = [ask for ask in asks if ask not in inside]
    roles = [_role("ClusterRole", {"name": NAME}, across)] if across else []
    if inside:
        roles.append(_role("Role", {"name": NAME, "namespace": scope.namespace}, inside))
    named = [ask for ask in inside if ask in (GET_ACCOUNT, CREATE_TOKEN)]
    of_pods = [ask for ask in inside if ask in (CREATE_POD, LIST_PODS)]
    bindings = sorted(scope.elsewhere, key=lambda one: (one.namespace, one.name))
    for namespace, of_it in groupby(bindings if named or of_pods else (), key=lambda one: one.namespace):
        names = [one.name for one in of_it]
        rules = [*({**rule, "resourceNames": names} for rule in _rules(named)), *_rules(of_pods)]
        roles.append({**_role("Role", {"name": NAME, "namespace": namespace}, ()), "rules": rules})
    return roles


def iam_policy(actions: Sequence[str], scope: Scope, plan: Pending = NOTHING) -> Manifest:
    """The actions, each on the narrowest resources that are known; one statement for the same resources."""
    pairs = sorted((resources(action, scope), action) for action in actions)
    statements: list[dict[str, object]] = [
        {
            "Effect": "Allow",
            "Action": [action for _, action in group],
            "Resource": list(arns) if len(arns) > 1 else arns[0],
        }
        for arns, group in groupby(pairs, key=lambda pair: pair[0])
    ]
    return {"Version": "2012-10-17", "Statement": statements + pending.statements(plan, actions)}


def resources(action: str, scope: Scope) -> tuple[str, ...]:
    """What an action is granted on. IAM grants the listing and the account's block on * alone.

    A role's path is not known from its annotation alone, for that may be what is wrong with it; nor is the
    letter case of a provider's URL.
    """
    iam, s3 = f"arn:{scope.partition}:iam::{scope.account}", f"arn:{scope.partition}:s3:::{scope.bucket}"
    match action:
        case "iam:GetRole" | "iam:ListAttachedRolePolicies" if scope.launches:
            return (f"{iam}:role/*",)
        case "iam:GetRole" | "iam:ListRolePolicies" | "iam:GetRolePolicy" | "iam:ListAttachedRolePolicies":
            paths = ("role/", "role/*/") if scope.roles != ("*",) else ("role/",)
            return tuple(f"{iam}:{path}{name}" for name in scope.roles for path in paths)
        case "iam:GetOpenIDConnectProvider":
            return (f"{iam}:oidc-provider/*",)
        case GET_OBJECT.action:
            return tuple(f"{s3}/{key}" for key in scope.keys)
        case _ if action in _ON_ANYTHING:
            return ("*",)
        case _:
            return (s3,)


_ON_ANYTHING = frozenset(
    {
        "cloudtrail:LookupEvents",
        "iam:ListOpenIDConnectProviders",
        "iam:ListRoles",
        "organizations:DescribeEffectivePolicy",
        *(ask.action for asks in OF_OPERATORS.values() for ask in asks if isinstance(ask, AwsAsk)),
        "s3:GetAccountPublicAccessBlock",
        "s3:ListAllMyBuckets",
    }
)
"""What IAM grants on `*` alone, or what is not of one bucket."""


_NAMESPACED = ("configmaps", "cronjobs", "deployments", "pods", "serviceaccounts")


def _is_namespaced(ask: KubeAsk) -> bool:
    return ask.resource.partition("/")[0] in _NAMESPACED


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


def _kubernetes(asks: Sequence[KubeAsk], roles: Sequence[Manifest]) -> Iterator[str]:
    yield "# Kubernetes: save as role.yaml, then kubectl apply -f role.yaml and, for the user who looks:"
    for role in roles:
        kind, metadata = str(role["kind"]).lower(), role["metadata"]
        assert isinstance(metadata, Mapping), "_role makes it one"
        where = f" --namespace={metadata['namespace']}" if "namespace" in metadata else ""
        name = metadata["name"]
        yield f"#   kubectl create {kind}binding {name} --{kind}={name} --user=USER{where}"
    yield from (f"# {ask.permission}: {ask.why}" for ask in asks)
    for ask in ASKS:
        if isinstance(ask, KubeAsk) and ask.given_by:
            yield f"# {ask.permission} is given to everyone who is signed in, by {ask.given_by}"
    for role in roles:
        yield "---"
        yield from _yaml(role)


def _iam(actions: Sequence[str], policy: Manifest, scope: Scope) -> Iterator[str]:
    if not policy["Statement"]:
        yield "# IAM: nothing has to be allowed; sts:GetCallerIdentity needs no permission"
        return
    yield "# IAM: the policy of whoever calls AWS"
    reasons = {ask.action: ask.why for ask in ASKS if isinstance(ask, AwsAsk)}
    yield from (f"# {action}: {reasons[action]}" for action in actions if reasons.get(action))
    yield "# sts:GetCallerIdentity needs no permission"
    if scope.bucket == "*" and any(action in _of_bucket() for action in actions):
        yield "# the issuer's bucket is not known here: put its name for * to narrow the policy"
    if "iam:GetRole" in actions and scope.roles != ("*",):
        yield "# a role that is bound later has to be added to those of iam:GetRole"
    yield json.dumps(policy, indent=2)


def _of_bucket() -> frozenset[str]:
    asks = (ask for ask in ASKS if isinstance(ask, AwsAsk) and ask.service == "s3")
    return frozenset(ask.action for ask in asks)


def _yaml(role: Manifest) -> Iterator[str]:
    yield f"apiVersion: {role['apiVersion']}"
    yield f"kind: {role['kind']}"
    yield f"metadata: {json.dumps(role['metadata'])}"
    yield "rules:"
    rules = role["rules"]
    assert isinstance(rules, list), "_role makes it one"
    yield from (f"- {json.dumps(rule)}" for rule in rules)  # JSON is YAML in flow style
