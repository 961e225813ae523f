"""What Karpenter's objects name in AWS: nodes' roles and profiles, queues, networks, images, types, keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from keystone_check.model.facts import Absent, Missing, Subjects
from keystone_check.model.launching import InstanceProfile, InstanceType, Key, NodeRole, Queue
from keystone_check.model.operators import NodeClass, NodePool
from keystone_check.probes import operator_rights
from keystone_check.probes.limits import side_by_side
from keystone_check.probes.nobody import KEY, PROFILE, QUEUE, ROLE, no_such, no_type
from keystone_check.probes.permissions import attached_arns
from keystone_check.probes.refusals import ReadError

if TYPE_CHECKING:  # boto3 is loaded when a fact of AWS is asked for, not with this room
    from keystone_check.probes.aws import Aws

TYPE, CAPACITY = "node.kubernetes.io/instance-type", "karpenter.sh/capacity-type"
SPOT_ROLE = "AWSServiceRoleForEC2Spot"
AT_MOST = 100
"""Values of one filter; EC2 takes 200."""
_GONE = frozenset(
    {
        "NoSuchEntity",
        "NotFoundException",
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "ResourceNotFoundException",
    }
)

Json = Mapping[str, Any]
T = TypeVar("T")


def instance_profiles(aws: Aws, account: str, node_classes: Subjects[NodeClass]) -> Subjects[InstanceProfile]:
    """Those that node classes name or have."""
    named = profiles_named(node_classes)
    return _each(named, lambda name: _profile(aws, name), lambda name: no_such(PROFILE, name, account))


def profiles_named(node_classes: Subjects[NodeClass]) -> list[str]:
    """What classes name as theirs, or have."""
    return [name for _, it in node_classes.seen() for name in (it.instance_profile, it.made_profile)]


def _profile(aws: Aws, name: str) -> InstanceProfile:
    found = aws.read(
        operator_rights.GET_PROFILE,
        name,
        "",
        lambda answer: answer["InstanceProfile"],
        InstanceProfileName=name,
    )
    return InstanceProfile(found["Arn"], tuple(role["Arn"] for role in found["Roles"]))


def node_roles(
    aws: Aws,
    account: str,
    node_classes: Subjects[NodeClass],
    instance_profiles: Subjects[InstanceProfile],
) -> Subjects[NodeRole]:
    """Those that node classes name, and those in instance profiles."""
    named = roles_named(node_classes, instance_profiles)
    return _each(named, lambda name: _node_role(aws, name), lambda name: no_such(ROLE, name, account))


def roles_named(node_classes: Subjects[NodeClass], instance_profiles: Subjects[InstanceProfile]) -> list[str]:
    """As the classes write them, then those that only a profile holds, by their names alone."""
    named = [it.role for _, it in node_classes.seen() if it.role]
    bare = {_bare(name) for name in named}
    held = [_bare(arn) for _, it in instance_profiles.seen() for arn in it.roles]
    return [*named, *(name for name in held if name not in bare)]


def _bare(name: str) -> str:
    return name.rpartition("/")[2]


def _node_role(aws: Aws, name: str) -> NodeRole:
    asked = {"RoleName": _bare(name)}
    role = aws.read(operator_rights.GET_NODE_ROLE, name, "", lambda answer: answer["Role"], **asked)
    return NodeRole(role["Arn"], unquote(role["AssumeRolePolicyDocument"]), attached_arns(aws, _bare(name)))


def spot_role(aws: Aws) -> bool:
    """Whether the account has EC2's service-linked role for spot."""
    try:
        aws.ask(operator_rights.GET_NODE_ROLE, SPOT_ROLE, RoleName=SPOT_ROLE)
    except ReadError as refusal:
        if refusal.code in _GONE:
            return False
        raise
    return True


def asks_for_spot(node_pools: Subjects[NodePool]) -> bool:
    """Whether a pool admits spot; one that says nothing gets on-demand."""
    return any("spot" in pool.requirements.get(CAPACITY, ()) for _, pool in node_pools.seen())


def queues(aws: Aws, account: str, names: Iterable[str], region: str) -> Subjects[Queue]:
    """Interruption queues, with the rules that target them."""
    return _each(names, lambda name: _queue(aws, name, region), lambda name: no_such(QUEUE, name, account))


def _queue(aws: Aws, name: str, region: str) -> Queue:
    url = aws.ask(operator_rights.GET_QUEUE_URL, name, region, QueueName=name)["QueueUrl"]
    wanted = ["QueueArn", "Policy", "KmsMasterKeyId"]
    answer = aws.ask(operator_rights.GET_QUEUE, name, region, QueueUrl=url, AttributeNames=wanted)
    told: Json = answer.get("Attributes") or {}
    arn = str(told["QueueArn"])
    return Queue(arn, told.get("Policy", ""), told.get("KmsMasterKeyId", ""), _rules(aws, arn, region))


def _rules(aws: Aws, arn: str, region: str) -> tuple[tuple[str, str], ...] | Missing:
    try:
        names: list[str] = aws.ask(operator_rights.LIST_RULES, arn, region, TargetArn=arn).get(
            "RuleNames", []
        )
        found = side_by_side(
            lambda name: aws.ask(operator_rights.DESCRIBE_RULE, name, region, Name=name), sorted(names)
        )
    except ReadError as refusal:
        return refusal.missing(arn)
    enabled = (rule for rule in found if rule.get("State", "ENABLED") != "DISABLED")
    return tuple((rule["Name"], rule.get("EventPattern", "")) for rule in enabled)


def instance_types(aws: Aws, node_pools: Subjects[NodePool], region: str) -> Subjects[InstanceType]:
    """Those that pools name; Absent where the region has none of that name."""
    wanted = types_named(node_pools)
    found: dict[str, InstanceType] = {}
    for start in range(0, len(wanted), AT_MOST):
        filters = [{"Name": "instance-type", "Values": wanted[start : start + AT_MOST]}]
        answer = aws.ask(operator_rights.DESCRIBE_TYPES, "", region, Filters=filters)
        found |= {item["InstanceType"]: _type(item) for item in answer["InstanceTypes"]}
    there = region or aws.region
    return Subjects(tuple((name, found.get(name) or no_type(name, there)) for name in wanted))


def types_named(node_pools: Subjects[NodePool]) -> list[str]:
    """What pools ask for by name."""
    return sorted({name for _, pool in node_pools.seen() for name in pool.requirements.get(TYPE, ())})


def _type(item: Json) -> InstanceType:
    architectures = (item.get("ProcessorInfo") or {}).get("SupportedArchitectures") or ()
    return InstanceType(
        item["InstanceType"],
        tuple(sorted(architectures)),
        tuple(sorted(item.get("SupportedUsageClasses") or ())),
    )


def keys(
    aws: Aws, account: str, node_classes: Subjects[NodeClass], queues: Subjects[Queue], region: str
) -> Subjects[Key]:
    """KMS keys of volumes and queues, as written there."""
    named = keys_named(node_classes, queues)
    return _each(named, lambda name: _key(aws, name, region), lambda name: no_such(KEY, name, account))


def keys_named(node_classes: Subjects[NodeClass], queues: Subjects[Queue]) -> list[str]:
    """As volumes and queues write them."""
    volumes = [key for _, it in node_classes.seen() for key in it.keys]
    return [*volumes, *(it.key for _, it in queues.seen())]


def _key(aws: Aws, name: str, region: str) -> Key:
    answer = aws.ask(operator_rights.DESCRIBE_KEY, name, region, KeyId=name)
    told: Json = answer["KeyMetadata"]
    return Key(
        told["Arn"],
        bool(told.get("Enabled")),
        told.get("KeyManager") == "AWS",
        _key_policy(aws, told, region),
    )


def _key_policy(aws: Aws, told: Json, region: str) -> str | Missing:
    try:
        answer = aws.ask(
            operator_rights.GET_KEY_POLICY, told["Arn"], region, KeyId=told["Arn"], PolicyName="default"
        )
    except ReadError as refusal:
        return refusal.missing(told["Arn"])
    return str(answer["Policy"])


def _each(names: Iterable[str], read: Callable[[str], T], absent: Callable[[str], Absent]) -> Subjects[T]:
    """Each name once, sorted, with what reading it gives, side by side."""

    def attempt(name: str) -> T | Absent | Missing:
        try:
            return read(name)
        except ReadError as refusal:
            return absent(name) if refusal.code in _GONE else refusal.missing(name)

    wanted = sorted({name for name in names if name})
    return Subjects(tuple(zip(wanted, side_by_side(attempt, wanted), strict=True)))
