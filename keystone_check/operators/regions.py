"""Which region a request is made in, as the condition key aws:RequestedRegion will have it.

A global service has one endpoint for all of a partition, and its region is that endpoint's.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

REGION = "aws:RequestedRegion"
_GLOBAL = ("iam", "route53", "cloudfront", "organizations")
_HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_ELSEWHERE = ("pricing",)
"""Prices are read where there is an endpoint for them, which few regions have."""


def region_asked(action: str, region: str, partition: str = "aws") -> str:
    """Where an operator of this region makes such a request; empty where nobody can say."""
    service = action.partition(":")[0]
    if service in _ELSEWHERE:
        return ""
    return _HOMES.get(partition, "") if service in _GLOBAL else region
