"""EC2's describes, as far as the selectors of node classes and the types of node pools go."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from keystone_check.model.launching import InstanceType
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.landscape import Found, Landscape

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


def answer(landscape: Landscape, call: Call) -> Response | None:
    """The answer, or None for an action that is left to moto."""
    match call.action:
        case "DescribeSubnets":
            found = _matching(landscape.subnets, call)
            return _set(call.action, "subnetSet", (_item("subnetId", it) for it in found))
        case "DescribeSecurityGroups":
            found = _matching(landscape.groups, call)
            return _set(call.action, "securityGroupInfo", (_item("groupId", it) for it in found))
        case "DescribeImages":
            found = _matching(landscape.images, call)
            return _set(call.action, "imagesSet", (_item("imageId", it) for it in found))
        case "DescribeLaunchTemplates":
            found = _matching(landscape.templates, call)
            return _set(call.action, "launchTemplates", (_item("launchTemplateId", it) for it in found))
        case "DescribeInstanceTypes":
            wanted = [values for name, values in _filters(call.form) if name == "instance-type"]
            types = (it for it in landscape.types if all(it.name in values for values in wanted))
            return _set(call.action, "instanceTypeSet", map(_type, types))
        case _:
            return None


def _matching(there: Iterable[Found], call: Call) -> Iterator[Found]:
    owners = _listed(call.form, "Owner")
    wanted = list(_filters(call.form))
    for one in there:
        owned = not owners or not one.owner or one.owner in owners
        if owned and all(_met(one, name, values) for name, values in wanted):
            yield one


def _met(one: Found, name: str, values: list[str]) -> bool:
    """Values of filters may hold wildcards."""
    if name.startswith("tag:"):
        said = [one.tags.get(name.removeprefix("tag:"))]
    elif name == "tag-key":
        said = list(one.tags)
    else:
        said = [one.name if name in ("name", "group-name") else one.id]
    return any(it is not None and fnmatchcase(it, value) for it in said for value in values)


def _filters(form: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    number = 1
    while name := form.get(f"Filter.{number}.Name"):
        yield name, _listed(form, f"Filter.{number}.Value")
        number += 1


def _listed(form: Mapping[str, str], name: str) -> list[str]:
    found: list[str] = []
    while (value := form.get(f"{name}.{len(found) + 1}")) is not None:
        found.append(value)
    return found


def _item(key: str, one: Found) -> str:
    tags = "".join(
        f"<item><key>{escape(name)}</key><value>{escape(value)}</value></item>"
        for name, value in one.tags.items()
    )
    named = f"<name>{escape(one.name)}</name>" if one.name else ""
    return f"<{key}>{escape(one.id)}</{key}>{named}<tagSet>{tags}</tagSet>"


def _type(one: InstanceType) -> str:
    classes = "".join(f"<item>{it}</item>" for it in one.capacity_types)
    architectures = "".join(f"<item>{it}</item>" for it in one.architectures)
    processor = f"<supportedArchitectures>{architectures}</supportedArchitectures>"
    return (
        f"<instanceType>{one.name}</instanceType><supportedUsageClasses>{classes}</supportedUsageClasses>"
        f"<processorInfo>{processor}</processorInfo>"
    )


def _set(action: str, name: str, items: Iterable[str]) -> Response:
    inner = "".join(f"<item>{item}</item>" for item in items)
    body = f"<requestId>{uuid.uuid4()}</requestId><{name}>{inner}</{name}>"
    return _xml(200, f'<{action}Response xmlns="{NAMESPACE}">{body}</{action}Response>')


def error(status: int, code: str, message: str) -> Response:
    """EC2's own form of an error."""
    told = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    return _xml(status, f"<Response><Errors>{told}</Errors><RequestID>{uuid.uuid4()}</RequestID></Response>")


def _xml(status: int, body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', status, content_type="text/xml")
