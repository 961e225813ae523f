"""Whom and what a text names."""

from keystone_check.why.values import values_of

NODE = (
    "User: arn:aws:sts::111122223333:assumed-role/eks-node/i-0cee646fefe9d6da9 is not authorized to perform:"
    " s3:GetObject on resource: arn:aws:s3:::bucket/key because no identity-based policy allows it"
)


def test_who_may_not_do_what_to_what() -> None:
    values = values_of(NODE)
    assert (values.account, values.caller, values.session) == (
        "111122223333",
        "eks-node",
        "i-0cee646fefe9d6da9",
    )
    assert (values.action, values.resource) == ("s3:GetObject", "arn:aws:s3:::bucket/key")
    assert values.is_instance


def test_a_session_of_another_name_is_no_instance() -> None:
    assert not values_of(NODE.replace("i-0cee646fefe9d6da9", "botocore-session-1")).is_instance


def test_the_issuer_is_kept_letter_by_letter() -> None:
    text = "No OpenIDConnect provider found in your account for\n   https://Example.com/a/\n status code: 400"
    assert values_of(text).issuer == "https://Example.com/a/"


def test_a_trails_record_names_the_role_and_the_subject() -> None:
    text = (
        '{"eventName":"AssumeRoleWithWebIdentity","userIdentity":{"userName":"system:serviceaccount:app:api"},'
        '"requestParameters":{"roleArn":"arn:aws:iam::111122223333:role/api"},'
        '"requestID":"0a1b2c3d-0000-0000-0000-000000000000"}'
    )
    values = values_of(text)
    assert (values.role, values.subject) == (
        "arn:aws:iam::111122223333:role/api",
        "system:serviceaccount:app:api",
    )


def test_an_issuer_that_a_line_break_may_divide_is_not_named_in_part() -> None:
    said = "No OpenIDConnect provider found in your account for https://oidc.s3.eu-{}central-1.amazonaws.com"
    assert values_of(said.format("\n")).issuer == ""
    assert values_of(said.format("") + "\n").issuer == "https://oidc.s3.eu-central-1.amazonaws.com"
