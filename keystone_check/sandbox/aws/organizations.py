"""AWS Organizations, as far as one account goes: S3's policy in force, and service control policies."""

import json
from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Response

from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import json_error, json_result

ROOT, UNIT = "r-ab12", "ou-ab12-{:08d}"


def answer(account: Account, call: Call) -> Response:
    """The answer to an action that is known here.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Operations.html
    """
    asked: dict[str, Any] = json.loads(call.body or "{}")
    match call.action:
        case "DescribeEffectivePolicy":
            return _effective(account)
        case "DescribeOrganization":
            return _organization(account)
        case "ListParents":
            return _parent(account, asked["ChildId"])
        case "ListPoliciesForTarget":
            held = dict(zip(_places(account), account.landscape.controls, strict=True))
            ids = held.get(asked["TargetId"], {})
            return json_result({"Policies": [{"Id": one, "Name": one} for one in ids]})
        case "DescribePolicy":
            return _policy(account, asked["PolicyId"])
        case _:
            return json_error(400, "UnknownOperationException", "")


def _effective(account: Account) -> Response:
    if account.organization is None:
        return _none()
    if not account.organization:
        return json_error(400, "EffectivePolicyNotFoundException", "There is no effective policy.")
    return json_result(
        {
            "EffectivePolicy": {
                "PolicyContent": account.organization,
                "TargetId": account.id,
                "PolicyType": "S3_POLICY",
            }
        }
    )


def _none() -> Response:
    said = "Your account is not a member of an organization."
    return json_error(400, "AWSOrganizationsNotInUseException", said)


def _organization(account: Account) -> Response:
    manager = account.landscape.organization
    if not manager:
        return _none()
    return json_result({"Organization": {"Id": "o-ab12cd34ef", "MasterAccountId": manager}})


def _places(account: Account) -> tuple[str, ...]:
    """From the root down to the account, as many as there are levels of policies."""
    units = len(account.landscape.controls) - 2
    return (ROOT, *(UNIT.format(number) for number in range(1, units + 1)), account.id)


def _parent(account: Account, child: str) -> Response:
    places = _places(account)
    parent = places[places.index(child) - 1]
    kind = "ROOT" if parent == ROOT else "ORGANIZATIONAL_UNIT"
    return json_result({"Parents": [{"Id": parent, "Type": kind}]})


def _policy(account: Account, id: str) -> Response:
    levels: tuple[Mapping[str, str], ...] = account.landscape.controls
    for level in levels:
        if id in level:
            return json_result({"Policy": {"PolicySummary": {"Id": id}, "Content": level[id]}})
    return json_error(400, "PolicyNotFoundException", "You specified a policy that does not exist.")
