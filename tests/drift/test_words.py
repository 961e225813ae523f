"""Differences in the words of the domain."""

import json
from dataclasses import replace

from keystone_check.drift.difference import differences
from keystone_check.drift.shown import Both
from keystone_check.drift.words import told
from keystone_check.model.aws import Bucket, Provider, Role
from keystone_check.model.cluster import ServiceAccount, Token
from keystone_check.model.facts import Missing, Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.catalogue import stage
from keystone_check.sandbox.faults import FAULTS
from keystone_check.sandbox.operators import with_karpenter
from tests.worlds import NOW

WAS = stage("", NOW)[1]


def said(now: World, was: World = WAS) -> list[str]:
    both = Both(was, now)
    return [words for found in differences(was, now) for words in told(found, both)]


def provider() -> Provider:
    assert isinstance(WAS.providers, Subjects)
    ((_, found),) = WAS.providers.seen()
    return found


def with_provider(**fields: object) -> World:
    changed = replace(provider(), **fields)  # type: ignore[arg-type]  # a test names the fields
    return replace(WAS, providers=Subjects(((changed.arn, changed),)))


def role() -> Role:
    assert isinstance(WAS.roles, Subjects)
    return next(found for arn, found in WAS.roles.seen() if arn.endswith("/api"))


def trusting(condition: object) -> World:
    document = json.loads(role().trust)
    document["Statement"][0]["Condition"] = condition
    assert isinstance(WAS.roles, Subjects)
    roles = WAS.roles.put(role().arn, replace(role(), trust=json.dumps(document)))
    return replace(WAS, roles=roles, trusting_roles=roles)


def host() -> str:
    return provider().url


def test_a_key_that_appears_and_one_that_leaves_are_named() -> None:
    assert isinstance(WAS.key_set, Response)
    assert isinstance(WAS.key_set.body, str)
    (key,) = json.loads(WAS.key_set.body)["keys"]
    none = replace(WAS, key_set=replace(WAS.key_set, body='{"keys":[]}'))
    (gone,) = said(none)
    (came,) = said(WAS, none)
    assert gone.startswith(f"key {key['kid']} (RS256, ")
    assert gone.endswith("left the published key set")
    assert came.endswith("appeared in the published key set")


def test_a_thumbprint_and_a_client_id_leave_a_provider() -> None:
    arn = provider().arn
    (thumbprint,) = provider().thumbprints
    assert said(with_provider(thumbprints=())) == [f"thumbprint {thumbprint} left provider {arn}"]
    assert said(with_provider(client_ids=("sts.amazonaws.com", "vault"))) == [
        f"client id vault appeared at provider {arn}"
    ]


def test_a_provider_that_was_made_anew_says_when() -> None:
    arn = provider().arn
    assert said(with_provider(created=NOW - 3700)) == [f"provider {arn} was made anew 1 hour ago"]
    assert said(with_provider(created=NOW - 2 * 86400)) == [f"provider {arn} was made anew 2 days ago"]


def test_a_trust_policy_that_widens_names_whom_it_lets_in() -> None:
    conditions = {
        "StringEquals": {f"{host()}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{host()}:sub": "system:serviceaccount:app:*"},
    }
    (wider,) = said(trusting(conditions))
    assert wider.startswith(f"the trust policy of {role().arn} widened: it lets in subjects such as system:")
    (narrower,) = said(WAS, trusting(conditions))
    assert "narrowed: it no longer lets in subjects such as" in narrower


def test_a_trust_policy_that_no_longer_lets_its_own_account_in_narrowed() -> None:
    conditions = {
        "StringEquals": {
            f"{host()}:aud": "sts.amazonaws.com",
            f"{host()}:sub": "system:serviceaccount:app:other",
        }
    }
    assert any(
        "no longer lets in system:serviceaccount:app:api of arn:" in line
        for line in said(trusting(conditions))
    )


def test_a_trust_policy_that_is_only_written_otherwise_says_so() -> None:
    document = json.loads(role().trust)
    assert isinstance(WAS.roles, Subjects)
    roles = WAS.roles.put(role().arn, replace(role(), trust=json.dumps(document, indent=4)))
    (line,) = said(replace(WAS, roles=roles, trusting_roles=roles))
    assert line.endswith("is another text; whom it lets in, as far as was asked, is the same")


def test_a_bucket_policy_that_opens_more_says_what() -> None:
    assert isinstance(WAS.bucket, Bucket)
    assert isinstance(WAS.bucket.policy, str)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject"}
    document = json.loads(WAS.bucket.policy)
    document["Statement"].append({**statement, "Resource": f"arn:aws:s3:::{WAS.bucket.name}/*"})
    wider = replace(WAS, bucket=replace(WAS.bucket, policy=json.dumps(document)))
    (opened,) = said(wider)
    assert opened.startswith("the bucket policy opened: ")
    assert "s3:PutObject" in opened
    assert said(WAS, wider)[0].startswith("the bucket policy closed; no longer: ")


def test_a_policy_that_is_gone_closed_the_documents() -> None:
    assert isinstance(WAS.bucket, Bucket)
    closed = said(replace(WAS, bucket=replace(WAS.bucket, policy='{"Version":"2012-10-17","Statement":[]}')))
    assert "everyone may read openid/v1/jwks" in closed[0]


def test_annotations_and_arguments_are_named() -> None:
    assert isinstance(WAS.accounts, Subjects)
    account = next(found for name, found in WAS.accounts.seen() if name == "app/api")
    bare: ServiceAccount = replace(account, annotations={})
    (line,) = said(replace(WAS, accounts=WAS.accounts.put("app/api", bare)))
    assert line.startswith(
        "service account app/api lost the annotation eks.amazonaws.com/role-arn, which was "
    )
    lines = said(FAULTS["restart-will-sign-for-the-default"].apply(WAS))
    assert any(
        "the API server of node server-1 has the argument service-account-issuer+=" in it for it in lines
    )


def test_a_token_that_lives_longer_is_told_and_one_that_is_merely_newer_is_not() -> None:
    def tokens(seconds: int, later: int) -> World:
        assert isinstance(WAS.tokens, Subjects)
        (name, token), *_ = WAS.tokens.seen()
        made = NOW + later
        claims = {**token.claims, "iat": made, "nbf": made, "exp": made + seconds}
        changed: Token = replace(token, claims=claims)
        return replace(WAS, tokens=WAS.tokens.put(name, changed))

    assert said(tokens(3600, 500)) == []
    assert said(tokens(604800, 0)) == [
        "a token of ack-system/ack-s3-controller lives 604800 seconds; it was 3600"
    ]


def test_what_can_no_longer_be_seen_says_why() -> None:
    blind = replace(WAS, providers=Missing("providers", "iam:ListOpenIDConnectProviders: AccessDenied"))
    assert said(blind) == ["providers can no longer be seen: iam:ListOpenIDConnectProviders: AccessDenied"]
    assert said(WAS, blind) == ["providers can be seen now, and could not be then"]


def test_what_has_no_words_is_said_by_its_place_with_both_values() -> None:
    assert isinstance(WAS.bucket, Bucket)
    line = said(replace(WAS, bucket=replace(WAS.bucket, ownership="ObjectWriter")))
    assert line == ["bucket: ownership was BucketOwnerEnforced, is ObjectWriter"]


def test_a_policy_of_karpenters_role_says_which_actions_came_and_went() -> None:
    was, now = (with_karpenter(WAS, minor) for minor in ("1.10", "1.11"))
    (line,) = (line for line in said(now, was) if "ResourceDiscoveryPolicy" in line)
    assert line.endswith("changed: it names ec2:DescribePlacementGroups too")


def test_a_template_that_is_split_shows_as_policies_that_come_and_go() -> None:
    lines = said(with_karpenter(WAS, "1.9"), with_karpenter(WAS, "1.8"))
    assert sum(line.startswith("policy ") and " appeared at role " in line for line in lines) == 5
    assert sum(line.startswith("policy ") and " left role " in line for line in lines) == 1
