"""To what the rights are narrowed."""

import json

from keystone_check.cli.scope import MOST_ROLES, Scope, scope
from keystone_check.model.access import Access
from keystone_check.model.aws import Caller
from keystone_check.model.cluster import ROLE_ARN, Issuer, ServiceAccount
from keystone_check.model.facts import Subjects
from keystone_check.model.web import Response
from keystone_check.model.world import World
from tests.worlds import world


def bound(*arns: str) -> World:
    """A world with one service account for each of these roles."""
    accounts = tuple(
        (f"app/{number}", ServiceAccount("app", f"{number}", "", {ROLE_ARN: arn}))
        for number, arn in enumerate(arns)
    )
    caller = Caller("arn:aws:iam::111122223333:user/me", "111122223333", "eu-central-1")
    return world(accounts=Subjects(accounts), caller=caller)


def test_only_well_formed_roles_of_the_own_account_are_looked_up() -> None:
    known = bound(
        "arn:aws:iam::111122223333:role/team/api", "arn:aws:iam::999999999999:role/other", "role/bent"
    )
    assert scope(Access("test"), known).roles == ("api",)


def test_a_policy_does_not_list_roles_without_end() -> None:
    known = bound(*(f"arn:aws:iam::111122223333:role/r{number}" for number in range(MOST_ROLES + 1)))
    assert scope(Access("test"), known).roles == ("*",)


def test_of_an_unread_world_nothing_is_narrowed() -> None:
    assert scope(Access("test"), world()) == Scope()


def test_documents_of_a_prefix_are_named_by_their_keys() -> None:
    issuer = "https://keys.s3.eu-central-1.amazonaws.com/one"
    body = json.dumps({"issuer": issuer, "jwks_uri": f"{issuer}/keys.json"})
    known = world(issuer=Issuer(issuer, "test"), discovery=Response("u", 200, (), body, len(body)))
    found = scope(Access("test"), known)
    assert (found.bucket, found.keys) == (
        "keys",
        ("one/.well-known/openid-configuration", "one/keys.json"),
    )
    unpublished = scope(Access("test"), world(issuer=Issuer(issuer, "test")))
    assert (unpublished.bucket, unpublished.keys) == ("keys", ("*",))
