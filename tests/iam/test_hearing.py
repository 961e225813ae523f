from dataclasses import replace

import pytest

from keystone_check.iam.hearing import heard, is_assuming, is_root, is_service_linked
from keystone_check.iam.layers import Layer, Layers
from keystone_check.iam.request import Anonymous, Federated, Principal, Service
from tests.iam.situations import (
    ACCOUNT_ROOT,
    ALL,
    ASSUME,
    BOUND,
    CAROL,
    FULL,
    HELD,
    LINKED,
    LINKED_ARN,
    RCP_FULL,
    ROOT,
    SESSION,
    TRUSTS_WEB,
    USER,
    USER_ARN,
    asking,
)

WHOLE = Layers(
    identity=(ALL,), boundary=(BOUND,), session=(HELD,), scps=((FULL,), (FULL,)), rcps=((RCP_FULL,),)
)
OWNER, RCP, SCP = Layer.RESOURCE, Layer.RCP, Layer.SCP
OWN = [Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION]


@pytest.mark.parametrize(
    ("caller", "entity", "asked"),
    [
        (USER, "", [OWNER, RCP, SCP, SCP, *OWN]),
        (SESSION, "", [OWNER, RCP, SCP, SCP, *OWN]),
        (ROOT, "", [OWNER, RCP, SCP, SCP]),
        (LINKED, LINKED_ARN, [OWNER, *OWN]),
        (Anonymous(), "", [OWNER, RCP]),
        (Federated("arn:aws:iam::111122223333:oidc-provider/i"), "", [OWNER, RCP]),
        (Service("logs.amazonaws.com"), "", [OWNER, RCP]),
    ],
)
def test_each_kind_of_caller_meets_its_layers_and_no_others(
    caller: Principal, entity: str, asked: list[Layer]
) -> None:
    layers = replace(WHOLE, entity=entity)
    assert [one.layer for one in heard(layers, asking(caller))] == asked


def test_layers_that_are_not_there_are_not_asked() -> None:
    assert [one.layer for one in heard(Layers(), asking(USER))] == [OWNER, Layer.IDENTITY]
    assert [one.layer for one in heard(Layers(), asking(CAROL))] == [OWNER, Layer.IDENTITY, Layer.SESSION]


def test_a_role_is_known_by_the_action_or_by_its_trust_policy() -> None:
    assert is_assuming(Layers(), ASSUME)
    assert is_assuming(Layers(resource=(TRUSTS_WEB,)), asking(USER))
    assert not is_assuming(Layers(), asking(USER))
    assert not is_assuming(Layers(), asking(USER, "sts:SetContext", "arn:aws:sts::111122223333:self"))


def test_root_users_and_service_linked_roles_are_known_by_arn() -> None:
    assert is_root(ACCOUNT_ROOT)
    assert not is_root(USER_ARN)
    assert is_service_linked(Layers(entity=LINKED_ARN), asking(LINKED))
    assert not is_service_linked(Layers(), asking(LINKED))
