"""What a Karpenter asks of AWS: the requests of its version under its configuration.

1. The requests that its code makes, by version: `knowledge/karpenter/asks.json`, read from the code.
2. Each is asked where the configuration turns it on: a queue, a node class with a role, spot, reservations.
3. Requests about nodes are asked once for each node class and node pool; what comes out the same is one.
4. China's EC2 passes roles to two services; keys of one's own are asked for through EC2.
5. Every request names its region, on which the commonest service control policies depend.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from keystone_check.iam.global_keys import CROSS_SERVICE_KEYS, GLOBAL_KEYS
from keystone_check.iam.request import AwsPrincipal, Request
from keystone_check.knowledge.store import facts
from keystone_check.operators.karpenter.installation import Installation, NodeClass
from keystone_check.operators.need import Need
from keystone_check.operators.regions import REGION, region_asked
from keystone_check.operators.version import Version, version

_TIDIES_ALWAYS = Version(1, 8, 3)
"""From here an isolated VPC turns the tidying of instance profiles off."""
_GOVERNMENT = "aws-us-gov"
_SOFT = ("non-fatal",)
_TAGS = ("aws:RequestTag/", "aws:ResourceTag/")
_SET = ("aws:requesttag/*", "aws:resourcetag/*", "aws:tagkeys", "aws:requestedregion", "aws:principalarn")
_UNKNOWN = (
    *(key.lower() for key in (*GLOBAL_KEYS, *CROSS_SERVICE_KEYS) if key.lower() not in _SET),
    *("ec2:*", "ssm:*", "sqs:*", "kms:*"),
)
"""What nobody here knows of a request that is yet to be made: where it comes from, the instance's type."""


def requirement(installed: Installation) -> tuple[Need, ...]:
    """Every request of this Karpenter, each once."""
    found: dict[tuple[str, str, tuple[tuple[str, object], ...]], Need] = {}
    for need in _needs(installed):
        request = need.request
        found.setdefault((request.action, request.resource, tuple(sorted(request.context.items()))), need)
    return tuple(found.values())


def _needs(installed: Installation) -> Iterator[Need]:
    actions: Mapping[str, Any] = facts("karpenter", "actions")
    for ask in facts("karpenter", "asks"):
        if not _of_version(ask, installed.version):
            continue
        effect = actions.get(ask["action"], {}).get("effect", "")
        for why, places, tags in _places(ask, installed):
            for request in _requests(ask, places, tags, installed):
                hard = not effect.startswith(_SOFT)
                yield Need(request, ask["when"], why, effect, ask.get("since", ""), hard)
    yield from _keys(installed)


def _of_version(ask: Mapping[str, Any], running: Version) -> bool:
    since, until = version(ask.get("since", "")), version(ask.get("until", ""))
    line = Version(running.major, running.minor)
    return (since is None or line >= since) and (until is None or line <= until)


Tags = tuple[tuple[str, str], ...]


def _places(ask: Mapping[str, Any], installed: Installation) -> Iterator[tuple[str, Mapping[str, str], Tags]]:
    """Why it is asked, what to put for the names in it, and tags of one's own; as often as it is asked."""
    common = {
        "partition": installed.partition,
        "region": installed.region,
        "account_id": installed.account,
        "cluster_name": installed.cluster,
    }
    whole = _asked_once(ask, installed)
    if whole is not None:
        if whole:
            queue = f"arn:{installed.partition}:sqs:{installed.region}:{installed.account}:{installed.queue}"
            yield whole, {**common, "interruption_queue_arn": queue}, ()
        return
    for one in installed.node_classes:
        if _asked_for(ask["when"], one):
            named = {"nodeclass": one.name, "nodeclass_uid": one.uid, "node_role_arn": _role(one, installed)}
            for name in one.parameters if ask["when"] == "image parameter" else ("",):
                parameter = {"name": name.removeprefix("/")} if name else {}
                for pool in one.pools:
                    places = {**common, **named, **parameter, "nodepool": pool}
                    yield f"the node class {one.name}", places, one.tags


def _asked_once(ask: Mapping[str, Any], installed: Installation) -> str | None:
    """Why it is asked by the installation as a whole; empty when it is not; None: node classes decide."""
    match ask["when"]:
        case "interruption queue":
            return "the interruption queue" if installed.queue else ""
        case "EKS":
            return "the settings that ask EKS" if installed.eks else ""
        case "spot" if not installed.spot:
            return ""
        case "open network" if ask["action"] == "pricing:GetProducts":
            return "" if installed.isolated or installed.partition == _GOVERNMENT else "prices"
        case "open network":
            tidies = not installed.isolated or installed.version < _TIDIES_ALWAYS
            return "tidying instance profiles" if tidies else ""
        case "always" if ask["resource"] == "*":
            return "every look at EC2"
    return None


def _asked_for(when: str, one: NodeClass) -> bool:
    match when:
        case "node role":
            return one.makes_profile
        case "image alias":
            return one.alias
        case "image parameter":
            return bool(one.parameters)
        case "capacity reservations":
            return one.reservations
        case "placement groups":
            return one.placement
    return True


def _role(one: NodeClass, installed: Installation) -> str:
    return one.node_role or f"arn:{installed.partition}:iam::{installed.account}:role/*"


def _requests(
    ask: Mapping[str, Any], places: Mapping[str, str], tags: Tags, installed: Installation
) -> Iterator[Request]:
    context = _tagged(
        {_filled(key, places): _values(value, places) for key, value in ask["context"].items()}, tags
    )
    resource = _filled(ask["resource"], places)
    if ask["action"] != "iam:PassRole":
        yield _request(ask["action"], resource, context, installed)
        return
    services = ("ec2.amazonaws.com",)
    for service in (*services, *(("ec2.amazonaws.com.cn",) if installed.partition == "aws-cn" else ())):  # 4
        yield _request(ask["action"], resource, {**context, "iam:PassedToService": service}, installed)


def _keys(installed: Installation) -> Iterator[Need]:
    """Volumes under a key of one's own: EC2 uses it on behalf of whoever launches."""
    told = facts("karpenter", "surroundings")["kms"]
    through = f"ec2.{installed.region}.amazonaws.com{'.cn' if installed.partition == 'aws-cn' else ''}"
    context = {"kms:ViaService": through, "kms:CallerAccount": installed.account}
    for one in installed.node_classes:
        for key in one.keys:
            for action in told["actions_on_key"]:
                request = _request(_example(action), key, context, installed)
                yield Need(request, "volume keys", f"the node class {one.name}", told["symptom"])


def _example(action: str) -> str:
    """An action for a pattern: what is asked of a policy is never a pattern."""
    return {"kms:ReEncrypt*": "kms:ReEncryptFrom", "kms:GenerateDataKey*": "kms:GenerateDataKey"}.get(
        action, action
    )


def _request(
    action: str, resource: str, context: Mapping[str, tuple[str, ...] | str], installed: Installation
) -> Request:
    caller = AwsPrincipal(
        f"arn:{installed.partition}:sts::{installed.account}:assumed-role/karpenter/karpenter"
    )
    region = region_asked(action, installed.region, installed.partition)
    known, unknown = ({REGION: region}, _UNKNOWN) if region else ({}, (*_UNKNOWN, REGION.lower()))
    return Request(action, resource, caller, {**known, **context}, unknown)


Context = Mapping[str, tuple[str, ...] | str]


def _tagged(context: Context, tags: Tags) -> Context:
    """The circumstances with the tags of one's own beside the others, on the request and on what it made."""
    kinds = {kind for kind in _TAGS if any(key.startswith(kind) for key in context)}
    said = {**{f"{kind}{name}": value for kind in kinds for name, value in tags}, **context}
    names = tuple(key.removeprefix(_TAGS[0]) for key in said if key.startswith(_TAGS[0]))
    return {**({"aws:TagKeys": names} if names else {}), **said}


def _values(value: str | list[str], places: Mapping[str, str]) -> tuple[str, ...] | str:
    return _filled(value, places) if isinstance(value, str) else tuple(_filled(one, places) for one in value)


def _filled(text: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(f"${{{name}}}", value)
    return text
