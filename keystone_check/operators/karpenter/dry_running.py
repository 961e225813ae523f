"""The calls by which Karpenter launches, as dry runs: what each is told, and what EC2 weighs for it.

1. For each node class the three that launch, with the tags that Karpenter sends, the first image, subnet and
   instance type that it would choose from, and the instance profile.
2. The describes that this Karpenter asks for, each once.
3. An image that an alias or a parameter finds is not looked up here, nor a launch template made: what cannot
   be called without them is left out, and that is said.
4. Snapshots and keys are weighed when a volume is made of them, which a dry run does not come to.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import Selection
from keystone_check.model.operators import NodeClass as Written
from keystone_check.model.operators import NodePool
from keystone_check.operators.granted import Granted, Law, Open, Refused
from keystone_check.operators.karpenter.installation import Installation, NodeClass
from keystone_check.operators.need import Need

RUN, FLEET, TEMPLATE = "ec2:RunInstances", "ec2:CreateFleet", "ec2:CreateLaunchTemplate"
FIND_TEMPLATES = "ec2:DescribeLaunchTemplates"
NAME = "keystone-check-dry-run"
_TYPE = "node.kubernetes.io/instance-type"
_TAG = "aws:RequestTag/"
_OF_CLASS = f"{_TAG}karpenter.k8s.aws/ec2nodeclass"
_OF_POOL = "aws:ResourceTag/karpenter.sh/nodepool"
_USUAL = "m5.large"
"""Where no pool names a type."""
_TAGGED = {
    RUN: ("instance", "volume", "network-interface"),
    FLEET: ("fleet", "instance", "volume"),
    TEMPLATE: ("launch-template",),
}
_BESIDE = {RUN: ("image", "subnet", "security-group"), FLEET: ("subnet", "launch-template"), TEMPLATE: ()}


@dataclass(frozen=True, slots=True)
class Call:
    """One dry run."""

    operation: str
    node_class: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """As boto3 takes them."""
    told: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[Need, ...] = ()
    """What EC2 weighs for it."""


def calls(
    installed: Installation,
    needs: Iterable[Need],
    node_classes: Subjects[Written] | Absent,
    node_pools: Subjects[NodePool] | Absent,
    selections: Subjects[Selection],
    templates: Mapping[str, str],
) -> Iterator[Call | Absent | Missing]:
    """All of them; `templates` are ids of Karpenter's launch templates by node pool."""
    asked = tuple(needs)
    written = {} if isinstance(node_classes, Absent) else dict(node_classes.seen())
    pools = {} if isinstance(node_pools, Absent) else dict(node_pools.seen())
    for one in installed.node_classes:
        if one.name in written:
            chosen = _chosen(written[one.name], one, pools, selections[one.name], templates)
            yield from _launching(one, asked, chosen)
    for need in asked:
        if need.resource == "*" and need.action.startswith("ec2:Describe") and need.action != FIND_TEMPLATES:
            yield Call(need.action, "", needs=(need,))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a launch would be made of; empty what nobody knows."""

    type: str
    image: str
    subnet: str
    groups: tuple[str, ...]
    profile: str
    template: str
    gap: Missing | None = None
    """What could not be read of it."""


def _chosen(
    written: Written,
    one: NodeClass,
    pools: Mapping[str, NodePool],
    selection: object,
    templates: Mapping[str, str],
) -> _Chosen:
    found = selection if isinstance(selection, Selection) else Selection((), (), ())
    parts = (selection, found.images, found.subnets, found.security_groups)
    types = [it for name in one.pools if name in pools for it in pools[name].requirements.get(_TYPE, ())]
    return _Chosen(
        type=next(iter(types), _USUAL),
        image=next(iter(_ids(found.images)), ""),
        subnet=next(iter(_ids(found.subnets)), ""),
        groups=_ids(found.security_groups),
        profile=written.instance_profile or written.made_profile,
        template=next((templates[name] for name in one.pools if name in templates), ""),
        gap=next((it for it in parts if isinstance(it, Missing)), None),
    )


def _ids(found: object) -> tuple[str, ...]:
    return found if isinstance(found, tuple) else ()


def _launching(one: NodeClass, needs: tuple[Need, ...], chosen: _Chosen) -> Iterator[Call | Absent | Missing]:
    """1, 3."""
    lacking = [name for name in ("image", "subnet") if not getattr(chosen, name)]
    if chosen.gap or lacking:
        yield _left(RUN, one, f"no {' and no '.join(lacking)} of it is known here", chosen.gap)
    else:
        yield _call(RUN, one, needs, chosen, _run(chosen))
    if not chosen.template:
        yield _left(FLEET, one, "there is no launch template of Karpenter now, and a dry run makes none")
    elif not chosen.subnet:
        yield _left(FLEET, one, "no subnet of it is known here", chosen.gap)
    else:
        yield _call(FLEET, one, needs, chosen, _fleet(chosen))
    data = {"InstanceType": chosen.type, **({"ImageId": chosen.image} if chosen.image else {})}
    yield _call(TEMPLATE, one, needs, chosen, {"LaunchTemplateName": NAME, "LaunchTemplateData": data})


def _left(operation: str, one: NodeClass, because: str, gap: Missing | None = None) -> Absent | Missing:
    what = f"{operation} for the node class {one.name}"
    return replace(gap, fact=what) if gap else Absent(what, f"{what} was not called: {because}")


def _run(chosen: _Chosen) -> dict[str, Any]:
    profile = {"IamInstanceProfile": {"Name": chosen.profile}} if chosen.profile else {}
    groups = {"SecurityGroupIds": list(chosen.groups)} if chosen.groups else {}
    return {
        "ImageId": chosen.image,
        "InstanceType": chosen.type,
        "SubnetId": chosen.subnet,
        "MinCount": 1,
        "MaxCount": 1,
        **groups,
        **profile,
    }


def _fleet(chosen: _Chosen) -> dict[str, Any]:
    template = {"LaunchTemplateId": chosen.template, "Version": "$Latest"}
    override = {"InstanceType": chosen.type, "SubnetId": chosen.subnet}
    return {
        "Type": "instant",
        "LaunchTemplateConfigs": [{"LaunchTemplateSpecification": template, "Overrides": [override]}],
        "TargetCapacitySpecification": {"TotalTargetCapacity": 1, "DefaultTargetCapacityType": "on-demand"},
    }


def _call(
    operation: str, one: NodeClass, needs: tuple[Need, ...], chosen: _Chosen, parameters: Mapping[str, Any]
) -> Call:
    weighed = tuple(_weighed(operation, one, needs, chosen))
    tags = [
        {"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in found.items()]}
        for kind in _TAGGED[operation]
        if (found := _tags(operation, kind, weighed))
    ]
    names = {
        RUN: ("type", "image", "subnet", "profile"),
        FLEET: ("type", "subnet", "template"),
        TEMPLATE: ("type", "image"),
    }
    told = {name: it for name in names[operation] if (it := getattr(chosen, name))}
    return Call(operation, one.name, {**parameters, "TagSpecifications": tags}, told, weighed)


def _tags(operation: str, kind: str, needs: tuple[Need, ...]) -> dict[str, str]:
    """The tags that Karpenter puts on what it makes, as the requests have them."""
    for need in needs:
        if need.action == operation and _kind(need) == kind:
            context = need.request.context
            return {key.removeprefix(_TAG): str(it) for key, it in context.items() if key.startswith(_TAG)}
    return {}


def _weighed(operation: str, one: NodeClass, needs: tuple[Need, ...], chosen: _Chosen) -> Iterator[Need]:
    """4. On the very resources where they are known."""
    made = operation.partition(":")[2]
    for need in needs:
        context = need.request.context
        if not _about(one, context):
            continue
        if need.action == operation and _kind(need) in (*_TAGGED[operation], *_BESIDE[operation]):
            yield from _on(need, chosen)
        elif need.action == "ec2:CreateTags" and context.get("ec2:CreateAction") == made:
            if _kind(need) in _TAGGED[operation]:
                yield need
        elif need.action == "iam:PassRole" and operation == RUN and need.resource == one.node_role:
            yield from (need,) if chosen.profile else ()


def _about(one: NodeClass, context: Mapping[str, object]) -> bool:
    """Whether a request is one of this class's, or of no class in particular."""
    pool = context.get(_OF_POOL)
    return context.get(_OF_CLASS, one.name) == one.name and (pool is None or pool in one.pools)


def _on(need: Need, chosen: _Chosen) -> Iterator[Need]:
    known = {
        "image": (chosen.image,),
        "subnet": (chosen.subnet,),
        "security-group": chosen.groups,
        "launch-template": (chosen.template,),
    }
    for id in known.get(_kind(need), ("",)):
        resource = f"{need.resource.rpartition('/')[0]}/{id}" if id else need.resource
        yield replace(need, request=replace(need.request, resource=resource))


def _kind(need: Need) -> str:
    """`instance` of `arn:aws:ec2:eu-central-1:111122223333:instance/*`."""
    return need.resource.rpartition(":")[2].partition("/")[0]


def verdict(law: Law, call: Call) -> Granted | Refused | Open:
    """Ours: EC2 makes the call where every request is allowed."""
    answers = [law.answer(need) for need in call.needs]
    if refused := next((it for it in answers if isinstance(it, Refused)), None):
        return refused
    for it in answers:
        if not isinstance(it, Granted):
            because = it.because if isinstance(it, Open) else f"{it.need.action} is granted in part"
            return Open(it.need, because)
    return next(it for it in answers if isinstance(it, Granted))
