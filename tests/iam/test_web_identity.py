from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from keystone_check.iam.request import Unknown
from keystone_check.iam.web_identity import audiences, claim_of, naming, web_identities, web_identity_request
from tests.iam.trusts import HOST, ISSUER, PROVIDER, statement, trust

CLAIMS = {"iss": "i", "jti": "j", "sub": "s", "aud": ["a"], "amr": ["x", "y"], "email": 3}


def test_the_keys_are_host_and_path_and_the_claim() -> None:
    asked = web_identity_request(PROVIDER, ISSUER, CLAIMS, session_name="n")
    assert asked.context == {
        f"{HOST}:aud": ("a",),
        f"{HOST}:sub": ("s",),
        f"{HOST}:amr": ("x", "y"),
        "sts:RoleSessionName": "n",
    }
    assert isinstance(asked.values("aws:SourceIp"), Unknown)
    assert asked.values("accounts.google.com:sub") == ()


def test_an_audience_is_a_string_or_a_list() -> None:
    assert audiences({"aud": "a"}) == audiences({"aud": ["a"]}) == ("a",)
    assert audiences({"aud": ["a"], "azp": "b"}) == ("b",)
    assert audiences({"aud": 3}) == ()


def test_statements_are_found_by_provider_and_by_kind() -> None:
    other = statement(Principal={"Federated": "other"})
    deny = statement(Effect="Deny")
    policy = read(trust(other, statement(), deny), PolicyKind.TRUST).policy
    assert policy is not None
    assert [found.place for found in naming(policy, PROVIDER)] == ["Statement[1]"]
    assert [found.place for found in web_identities(policy)] == ["Statement[0]", "Statement[1]"]


def test_a_keys_claim_stands_after_its_last_colon() -> None:
    assert claim_of("host:443/path:SUB") == "sub"
