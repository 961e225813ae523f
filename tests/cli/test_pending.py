"""`--permissions --fix` grants what the pending plan writes, on its very objects, and no more."""

import json

from keystone_check.cli.pending import pending, roles, statements
from tests.cli.build import AUDIENCE, Outside, audience_check, command, world
from tests.remedy.emit.plans import CHANGES
from tests.reports.build import PROVIDER


def test_the_plan_is_granted_on_its_object_alone() -> None:
    outside = Outside([audience_check()])
    granted = json.loads(command(outside, "--permissions", "--fix", "--format", "json").out)["iam"][
        "Statement"
    ]
    assert granted[-1] == {
        "Effect": "Allow",
        "Action": ["iam:AddClientIDToOpenIDConnectProvider", "iam:GetOpenIDConnectProvider"],
        "Resource": PROVIDER,
    }
    assert outside.written == []


def test_where_nothing_is_pending_nothing_more_is_granted() -> None:
    healthy = Outside([audience_check()], world((AUDIENCE,)))
    with_fix, without = (command(healthy, "--permissions", *more).out for more in (("--fix",), ()))
    assert with_fix == without


def test_a_role_names_the_service_accounts_that_are_written_to() -> None:
    (role,) = roles(pending(CHANGES))
    assert role["metadata"] == {"name": "keystone-check-repair", "namespace": "app"}
    rule = {"apiGroups": [""], "resources": ["serviceaccounts"], "resourceNames": ["api"]}
    assert role["rules"] == [{**rule, "verbs": ["get", "patch"]}]


def test_what_looking_has_already_is_not_granted_again() -> None:
    more = statements(pending(CHANGES), ["iam:GetRole"])
    actions = {action for statement in more for action in statement["Action"]}
    assert "iam:GetRole" not in actions
    assert "iam:UpdateAssumeRolePolicy" in actions
