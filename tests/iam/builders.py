"""Policies and requests with defaults, for tests."""

import json

from keystone_check.iam.language import Policy, PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import AwsPrincipal, Principal, Request

CALLER = "arn:aws:iam::111122223333:user/ann"


def request(
    action: str = "s3:GetObject",
    resource: str = "arn:aws:s3:::b/k",
    principal: Principal | None = None,
    unknown: tuple[str, ...] = (),
    **context: tuple[str, ...] | str,
) -> Request:
    """Context keys are given as `aws__name` for `aws:name`."""
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    return Request(action, resource, principal or AwsPrincipal(CALLER), keys, unknown)


def policy(*statements: dict[str, object], kind: PolicyKind = PolicyKind.IDENTITY) -> Policy:
    reading = read(json.dumps({"Version": "2012-10-17", "Statement": statements}), kind)
    assert reading.policy is not None, reading.because
    return reading.policy


def statement(effect: str = "Allow", **elements: object) -> dict[str, object]:
    return {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", **elements}
