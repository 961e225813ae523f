from pathlib import Path

import pytest

from keystone_check import snapshot
from keystone_check.errors import KeystoneError, UsageError
from keystone_check.model.access import Access, StaticCredentials
from keystone_check.model.secret import Secret
from keystone_check.model.world import Binding, Expected
from keystone_check.targets import Target, hand_over, open_target, take_over
from tests.worlds import world

ACCESS = Access(
    "prod",
    kubeconfig="/etc/kubeconfig",
    connect_to=(("oidc.example.org", "127.0.0.1:8443"),),
    budget_seconds=12.5,
    expected=Expected(bindings=(Binding("app", "api", "arn:aws:iam::111122223333:role/api"),)),
)


def silent(source: str, what: str) -> None:
    pass


@pytest.mark.parametrize("access", [ACCESS, None], ids=["a cluster", "a snapshot"])
def test_a_worker_takes_over_what_was_handed_over(access: Access | None) -> None:
    target = Target("prod", world(), access)
    assert take_over(hand_over(target)) == target


def test_credentials_reach_the_worker_and_no_representation() -> None:
    keys = StaticCredentials(Secret("AKIA-key"), Secret("hush"))
    target = Target("sandbox", world(), Access("sandbox", aws_credentials=keys))
    taken = take_over(hand_over(target)).reach("the test").aws_credentials
    assert taken is not None
    assert (taken.access_key_id.reveal(), taken.secret_access_key.reveal()) == ("AKIA-key", "hush")
    assert "hush" not in repr(target) + repr(taken)


def test_all_that_is_handed_over_is_plain_text() -> None:
    assert {type(value) for value in hand_over(Target("prod", world(), ACCESS)).values()} == {str}


def test_a_snapshot_is_found_from_the_folder_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text(snapshot.save(world()))
    with open_target("snapshot:w.json", tmp_path, silent) as target:
        assert target.world == world()
        assert len(target.diagnosis.outcomes) >= len(target.bench.checks) > 0


def test_a_snapshot_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="minting needs a cluster, and snapshot:w is a file"):
        Target("snapshot:w", world(), None).reach("minting")


def test_a_snapshot_that_is_damaged_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.json").write_text("{")
    with pytest.raises(KeystoneError, match="is not JSON"), open_target("snapshot:w.json", tmp_path, silent):
        pytest.fail("it was opened")
