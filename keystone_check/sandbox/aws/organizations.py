"""AWS Organizations, as far as the S3 policy of one account goes."""

from werkzeug.wrappers import Response

from keystone_check.sandbox.aws.account import Account
from keystone_check.sandbox.aws.calls import Call
from keystone_check.sandbox.aws.replies import json_error, json_result


def answer(account: Account, call: Call) -> Response:
    """The answer to the one action that is known here.

    https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeEffectivePolicy.html
    """
    if call.action != "DescribeEffectivePolicy":
        return json_error(400, "UnknownOperationException", "")
    if account.organization is None:
        said = "Your account is not a member of an organization."
        return json_error(400, "AWSOrganizationsNotInUseException", said)
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
