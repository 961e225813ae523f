"""Trust policies with defaults, for tests."""

import json

ACCOUNT = "111122223333"
HOST = "s3.eu-west-1.amazonaws.com/b-1"
ISSUER = f"https://{HOST}"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"
SUBJECT = "system:serviceaccount:app:api"
AUDIENCE = "sts.amazonaws.com"
ACTION = "sts:AssumeRoleWithWebIdentity"


def conditions(
    sub: object = SUBJECT, aud: object = AUDIENCE, operator: str = "StringEquals", host: str = HOST
) -> dict[str, object]:
    """One operator on both keys; None leaves a key out."""
    keys = {f"{host}:sub": sub, f"{host}:aud": aud}
    return {operator: {key: value for key, value in keys.items() if value is not None}}


def statement(**elements: object) -> dict[str, object]:
    """A statement that lets SUBJECT in; an element given as None is left out."""
    body: dict[str, object] = {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER},
        "Action": ACTION,
        "Condition": conditions(),
        **elements,
    }
    return {name: value for name, value in body.items() if value is not None}


def trust(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
