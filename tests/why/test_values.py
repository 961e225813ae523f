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


def test_no_break_loses_or_alters_what_the_words_around_it_prove() -> None:
    for at in range(1, len(NODE)):
        for between in ("\n", "\n    ", "\\n"):
            assert values_of(NODE[:at] + between + NODE[at:]) == values_of(NODE)


def test_a_role_that_a_break_may_divide_is_uncertain_and_never_named_in_part() -> None:
    arn = "arn:aws:iam::111122223333:role/team/api"
    for at in range(1, len(arn)):
        values = values_of(f"cannot assume {arn[:at]}\n{arn[at:]} for it")
        assert values.role in ("", arn)
        assert (values.role == "") == ("role" in values.uncertain)
    assert values_of(f"cannot assume {arn}\n\tstatus code: 403").role == arn


def test_quotes_prove_where_a_divided_role_subject_and_audience_end() -> None:
    text = (
        '"roleArn":"arn:aws:iam::1111\n  22223333:role/a\n  pi","x":"system:serviceaccount:ap\np:api",'
        '"audience":"sts.amazon\naws.com"'
    )
    values = values_of(text)
    assert values.role == "arn:aws:iam::111122223333:role/api"
    assert (values.subject, values.audience) == ("system:serviceaccount:app:api", "sts.amazonaws.com")


def test_a_prefix_on_every_line_is_no_part_of_a_value() -> None:
    stream = "2026-03-01T10:00:00.1Z stderr {} "
    text = f"{stream.format('P')}role arn:aws:iam::111122223333:role/a\n{stream.format('F')}pi failed"
    assert values_of(text).role == "arn:aws:iam::111122223333:role/api"
