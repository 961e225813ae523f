from keystone_check.iam.evaluate import Allowed, Denied, Undecided
from keystone_check.iam.trust import Named, names_provider, trust_decision
from tests.iam.trusts import AUDIENCE, HOST, ISSUER, PROVIDER, SUBJECT, conditions, statement, trust

CLAIMS = {"iss": ISSUER, "sub": SUBJECT, "aud": [AUDIENCE]}


def test_the_named_provider_is_told() -> None:
    assert names_provider(trust(statement()), PROVIDER) == Named(
        True, f"Statement[0] names {PROVIDER}", (PROVIDER,)
    )


def test_a_provider_that_is_not_named_is_told_beside_the_one_that_is() -> None:
    named = names_provider(trust(statement(Principal={"Federated": PROVIDER + "/"})), PROVIDER)
    assert isinstance(named, Named)
    assert not named.holds
    assert named.federated == (PROVIDER + "/",)
    assert named.because == f'Principal expects "{PROVIDER}/", the request has "{PROVIDER}"'


def test_another_action_is_told() -> None:
    named = names_provider(trust(statement(Action="sts:AssumeRole")), PROVIDER)
    assert isinstance(named, Named)
    assert "Action expects" in named.because


def test_only_the_keys_that_sts_sets_are_there() -> None:
    for key in ("iss", "jti", "azp", "kubernetes.io"):
        body = statement(Condition={"StringLike": {f"{HOST}:{key}": "*"}})
        assert isinstance(trust_decision(trust(body), PROVIDER, ISSUER, {**CLAIMS, key: "x"}), Denied)


def test_azp_is_the_audience_where_a_token_has_one() -> None:
    text = trust(statement())
    assert isinstance(trust_decision(text, PROVIDER, ISSUER, CLAIMS), Allowed)
    assert isinstance(trust_decision(text, PROVIDER, ISSUER, {**CLAIMS, "azp": "x"}), Denied)
    swapped = {**CLAIMS, "aud": "x", "azp": AUDIENCE}
    assert isinstance(trust_decision(text, PROVIDER, ISSUER, swapped), Allowed)
    oaud = trust(statement(Condition={"StringEquals": {f"{HOST}:oaud": "x"}}))
    assert isinstance(trust_decision(oaud, PROVIDER, ISSUER, swapped), Allowed)
    assert isinstance(trust_decision(oaud, PROVIDER, ISSUER, CLAIMS), Undecided)


def test_several_audiences_are_not_guessed() -> None:
    several = {**CLAIMS, "aud": [AUDIENCE, "x"]}
    assert isinstance(trust_decision(trust(statement()), PROVIDER, ISSUER, several), Undecided)
    both = trust(statement(Condition=conditions(aud=[AUDIENCE, "x"])))
    assert isinstance(trust_decision(both, PROVIDER, ISSUER, several), Allowed)


def test_a_denial_tells_the_claim_beside_the_condition() -> None:
    decision = trust_decision(trust(statement()), PROVIDER, ISSUER, {**CLAIMS, "sub": SUBJECT + "s"})
    assert isinstance(decision, Denied)
    assert f'Condition StringEquals {HOST}:sub expects "{SUBJECT}", the request has "{SUBJECT}s"' in (
        decision.because
    )


def test_the_session_name_is_known_and_other_keys_are_not() -> None:
    body = statement(Condition={"StringEquals": {"sts:RoleSessionName": "s-1"}})
    assert isinstance(trust_decision(trust(body), PROVIDER, ISSUER, CLAIMS, "*", "s-1"), Allowed)
    assert isinstance(trust_decision(trust(body), PROVIDER, ISSUER, CLAIMS), Undecided)
    address = statement(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    assert isinstance(trust_decision(trust(address), PROVIDER, ISSUER, CLAIMS), Undecided)


def test_a_policy_that_cannot_be_read_is_not_guessed() -> None:
    assert isinstance(trust_decision("[]", PROVIDER, ISSUER, CLAIMS), Undecided)
    assert isinstance(names_provider("[]", PROVIDER), Undecided)
