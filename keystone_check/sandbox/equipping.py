"""The objects of a world's operators, as the emulated API server holds them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from keystone_check.knowledge.store import controllers, facts
from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.operators import KARPENTER, AckKind, Condition, Crd, Operator
from keystone_check.model.world import World
from keystone_check.operators.denied import of_conditions
from keystone_check.probes.ack import MAP, OWNER, SELECTOR
from keystone_check.probes.logs import reported
from keystone_check.probes.operators import UNSAID
from keystone_check.sandbox.kube.resources import CONFIG_MAPS, CRDS, DEPLOYMENTS, PODS, Resource
from keystone_check.sandbox.kube.state import Seed
from keystone_check.sandbox.scaling import karpenter_objects

_HOSTNAME = {"topologyKey": "kubernetes.io/hostname"}
_SPREAD = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [_HOSTNAME]}}
_SECRET = {"secretKeyRef": {"name": "aws", "key": "key"}}
PLACE = "app"
"""The namespace of ACK's resources that nothing else puts elsewhere."""


def seeds(world: World) -> tuple[Seed, ...]:
    """Deployments, definitions, Karpenter's objects and ACK's."""
    return (
        *_deployments(world),
        *(Seed(CRDS, "", _definition(crd)) for crd in _values(world.crds)),
        *karpenter_objects(world, customs(world)),
        *_resources(world),
        *_role_map(world),
        *(Seed(PODS, namespace, _pod(name, it)) for namespace, name, it in _lonely(world)),
    )


def customs(world: World) -> tuple[Resource, ...]:
    """The kinds that the definitions add, once for each version that is served."""
    return tuple(_custom(crd, version) for crd in _values(world.crds) for version in crd.served)


def annotations(world: World) -> dict[str, dict[str, str]]:
    """Of namespaces, by name: which account owns what is in them."""
    return {
        namespace: {OWNER: owner} for kind in _values(world.ack_kinds) for namespace, owner in _owned(kind)
    }


def logs(world: World) -> dict[str, str]:
    """What the operators' pods wrote, by `namespace/pod`: what no condition says."""
    found = {}
    for name, operator in _entries(world.operators):
        told = world.denials[name] if isinstance(world.denials, Subjects) else ()
        if isinstance(told, tuple) and told:
            conditions = reported(operator, world.node_classes, world.node_claims, world.ack_kinds)
            known = set(of_conditions(conditions))
            found[_pod_of(world, name, operator)] = "".join(f"{it.text}\n" for it in told if it not in known)
    return found


def _deployments(world: World) -> Iterator[Seed]:
    for name, operator in _entries(world.operators):
        namespace, _, deployment = name.partition("/")
        yield Seed(DEPLOYMENTS, namespace, _deployment(deployment, operator))


def _deployment(name: str, operator: Operator) -> dict[str, Any]:
    service = operator.product.removeprefix("ack-")
    chart = KARPENTER if operator.product == KARPENTER else f"{service}-chart"
    labels = {"app.kubernetes.io/name": chart}
    if operator.label:
        labels["app.kubernetes.io/version"] = operator.label
    own = {"app.kubernetes.io/name": chart}
    pod: dict[str, Any] = {
        "serviceAccountName": operator.account.partition("/")[2],
        "containers": [_container(operator)],
    }
    if operator.spread:
        pod["affinity"] = _SPREAD
    return {
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": operator.replicas,
            "selector": {"matchLabels": own},
            "template": {"metadata": {"labels": own}, "spec": pod},
        },
        "status": {"replicas": operator.replicas, "readyReplicas": operator.ready},
    }


def _container(operator: Operator) -> dict[str, Any]:
    said = [
        {"name": name, "valueFrom": _SECRET} if value == UNSAID else {"name": name, "value": value}
        for name, value in operator.settings.items()
    ]
    keys = [{"name": "AWS_ACCESS_KEY_ID", "valueFrom": _SECRET}] if operator.static_keys else []
    return {
        "name": "controller",
        "image": operator.image,
        "args": list(operator.arguments),
        "env": [*said, *keys],
    }


def _lonely(world: World) -> Iterator[tuple[str, str, Operator]]:
    """Operators whose account is bound to no role: their pods are no fact, and write logs all the same."""
    for name, operator in _entries(world.operators):
        if operator.account not in dict(_entries(world.accounts)):
            namespace, _, pod = _pod_of(world, name, operator).partition("/")
            yield namespace, pod, operator


def _pod(name: str, operator: Operator) -> dict[str, Any]:
    container = {"name": "controller", "image": operator.image}
    spec = {"serviceAccountName": operator.account.partition("/")[2], "containers": [container]}
    return {"metadata": {"name": name}, "spec": spec, "status": {"phase": "Running"}}


def _pod_of(world: World, name: str, operator: Operator) -> str:
    pods = (f"{pod.namespace}/{pod.name}" for pod in _values(world.pods) if _is_of(pod, operator))
    return next(pods, f"{name}-0")


def _is_of(pod: Any, operator: Operator) -> bool:
    return f"{pod.namespace}/{pod.account}" == operator.account


def _custom(crd: Crd, version: str) -> Resource:
    plural, _, group = crd.name.partition(".")
    return Resource(plural, crd.kind.lower(), crd.kind, crd.namespaced, group, version)


def _definition(crd: Crd) -> dict[str, Any]:
    plural, _, group = crd.name.partition(".")
    names = {"plural": plural, "singular": crd.kind.lower(), "kind": crd.kind, "listKind": f"{crd.kind}List"}
    unserved = () if crd.storage in crd.served or not crd.storage else (crd.storage,)
    versions = [
        {"name": version, "served": version in crd.served, "storage": version == crd.storage}
        for version in (*crd.served, *unserved)
    ]
    spec = {"group": group, "names": names, "scope": "Namespaced" if crd.namespaced else "Cluster"}
    return {
        "metadata": {"name": crd.name},
        "spec": {**spec, "versions": versions},
        "status": {"storedVersions": list(crd.stored)},
    }


def _resources(world: World) -> Iterator[Seed]:
    """So many of each kind as there are."""
    resources = {f"{it.plural}.{it.group}": it for it in customs(world)}
    for name, kind in _entries(world.ack_kinds):
        for number, (namespace, resource) in enumerate(_places(kind)):
            yield Seed(resources[name], namespace, _resource(kind, number, f"{namespace}/{resource}"))


def _places(kind: AckKind) -> list[tuple[str, str]]:
    """Namespace and name of each: the stuck ones first, then one for every account that owns some."""
    stuck = [tuple(name.split("/", 1)) for name in dict.fromkeys(name for name, _ in kind.stuck)]
    more = kind.count - len(stuck)
    spaces = [f"of-{owner}" for owner in kind.owners][:more]
    spaces += [PLACE] * (more - len(spaces))
    return [
        *((a, b) for a, b in stuck),
        *((it, f"{kind.kind.lower()}-{n}") for n, it in enumerate(spaces, 1)),
    ]


def _owned(kind: AckKind) -> Iterator[tuple[str, str]]:
    """The namespaces that name an account; stuck resources' where there are no others."""
    spaces = list(dict.fromkeys(namespace for namespace, _ in reversed(_places(kind)) if namespace != PLACE))
    fitting = {owner: f"of-{owner}" for owner in kind.owners}
    left = [space for space in spaces if space not in fitting.values()]
    for owner, space in fitting.items():
        if space in spaces:
            yield space, owner
        elif left:
            yield left.pop(0), owner


def _resource(kind: AckKind, number: int, name: str) -> dict[str, Any]:
    region = kind.regions[number % len(kind.regions)] if kind.regions else ""
    status: dict[str, Any] = {"conditions": [_condition(it) for at, it in kind.stuck if at == name]}
    if not status["conditions"]:
        status["conditions"] = [{"type": "ACK.ResourceSynced", "status": "True"}]
    if region:
        status["ackResourceMetadata"] = {"region": region}
    return {
        "metadata": {"name": name.partition("/")[2]},
        "spec": _spec(kind, number),
        "status": status,
    }


def _spec(kind: AckKind, number: int) -> dict[str, Any]:
    """With the roles that fall to it."""
    known = facts("ack", kind.service)["kinds"] if kind.service in controllers() else {}
    paths = known.get(kind.kind, {}).get("roles", ())
    spec: dict[str, Any] = {}
    mine = kind.roles[number :: max(kind.count, 1)]
    for path, role in zip(paths, mine, strict=False):
        _put(spec, path.split(".")[1:], role)
    return spec


def _put(held: dict[str, Any], path: list[str], value: str) -> None:
    """Set a value at a path; `[]` is a list of one."""
    if len(path) == 1:
        held[path[0]] = value
    elif path[1] == "[]":
        inner: dict[str, Any] = {}
        held[path[0]] = [inner if len(path) > 2 else value]
        if len(path) > 2:
            _put(inner, path[2:], value)
    else:
        _put(held.setdefault(path[0], {}), path[1:], value)


def _condition(found: Condition) -> dict[str, str]:
    said = {"type": found.type, "status": found.status, "reason": found.reason, "message": found.message}
    return {name: value for name, value in said.items() if value}


def _role_map(world: World) -> Iterator[Seed]:
    if not isinstance(world.role_map, Subjects):
        return
    entries = dict(world.role_map.seen())
    mapped = {name: arn for name, arn in entries.items() if not name.startswith(f"{SELECTOR}/")}
    spaces = [name.partition("/")[0] for name, it in _entries(world.operators) if it.product != KARPENTER]
    if mapped:
        yield Seed(CONFIG_MAPS, spaces[0], {"metadata": {"name": MAP}, "data": mapped})
    kinds = {it.plural: it for it in customs(world)}
    for name, arn in entries.items():
        if name not in mapped:
            head = {"metadata": {"name": name.partition("/")[2]}}
            yield Seed(kinds[SELECTOR], "", {**head, "spec": {"arn": arn}})


def _values(held: Subjects[Any] | Absent | Missing) -> list[Any]:
    return [value for _, value in _entries(held)]


def _entries(held: Subjects[Any] | Absent | Missing) -> list[tuple[str, Any]]:
    return list(held.seen()) if isinstance(held, Subjects) else []


def merged(found: Iterable[Seed]) -> tuple[Seed, ...]:
    """The same objects, each once: what several facts say of one stands together."""
    kept: dict[tuple[str, str, str], Seed] = {}
    for seed in found:
        key = (seed.resource.qualified, seed.namespace, seed.value["metadata"]["name"])
        known = kept.get(key)
        value = _joined(known.value, seed.value) if known else seed.value
        kept[key] = seed if known is None else Seed(known.resource, known.namespace, value, known.created)
    return tuple(kept.values())


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(one)
    for name, value in other.items():
        both = isinstance(value, Mapping) and isinstance(joined.get(name), Mapping)
        joined[name] = _joined(joined[name], value) if both else value
    return joined
