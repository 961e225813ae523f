import pytest

from keystone_check.iam.evaluate import Allowed, Denied, Undecided
from keystone_check.iam.layers import Heard, Layer, Layers, reasons
from keystone_check.iam.verdicts import Unknown
from keystone_check.model.facts import Missing
from tests.iam.situations import ALL, BOUND, FULL, TRUSTS_WEB, bucket, denying

GRANT, DENIAL = ALL.statements[0], denying().statements[1]
DOUBT = Unknown("nobody knows")
GAP = Missing("scps", "AccessDenied")


def test_a_policy_in_the_place_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Layers\.identity holds no service control policy"):
        Layers(identity=(FULL,))
    with pytest.raises(ValueError, match=r"Layers\.scps holds no identity policy"):
        Layers(scps=((FULL,), (ALL,)))


def test_managed_policies_may_be_boundary_and_session_policies() -> None:
    layers = Layers(identity=(ALL,), boundary=(ALL,), session=(ALL,), resource=(TRUSTS_WEB, bucket("*")))
    assert layers.boundary == (ALL,) != (BOUND,)


def test_a_layer_decides_for_itself() -> None:
    assert Heard(Layer.IDENTITY, None, GRANT).decision == Allowed(GRANT)
    assert Heard(Layer.IDENTITY, DENIAL, GRANT).decision == Denied(DENIAL)
    assert Heard(Layer.IDENTITY, DOUBT, None).decision == Denied(None)
    assert Heard(Layer.IDENTITY, DOUBT, GRANT).decision == Undecided(("nobody knows",))
    assert Heard(Layer.SCP, DOUBT, DOUBT, unread=(GAP,)).decision == Undecided((GAP,))


def test_a_level_of_the_organization_is_part_of_the_name() -> None:
    assert Heard(Layer.RCP, None, None, level=2).name == "resource control policies of level 2"
    assert Heard(Layer.SESSION, None, None).name == "session policies"


def test_each_reason_is_told_once_and_what_is_unread_stands_for_it() -> None:
    assert reasons((), DOUBT, GRANT, DOUBT, None) == ("nobody knows",)
    assert reasons((GAP,), DOUBT) == (GAP,)
