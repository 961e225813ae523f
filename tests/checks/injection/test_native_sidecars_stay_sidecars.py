"""What a dry run lost of a native sidecar counts where the cluster has such sidecars."""

import pytest

from keystone_check.model.cluster import Cluster
from keystone_check.model.facts import Subjects
from keystone_check.model.finding import Status
from keystone_check.model.injection import SIDECAR, DryRun
from tests.checks.injection.build import shape
from tests.checks.judging import told


@pytest.mark.parametrize(
    ("version", "dropped", "expected"),
    [
        ("v1.36.3+k3s1", (), Status.HOLDS),
        ("v1.29.0", (SIDECAR,), Status.BROKEN),
        ("v1.29.0", ("containers.resizePolicy",), Status.HOLDS),
        ("v1.28.9", (SIDECAR,), Status.NOT_APPLICABLE),
    ],
)
def test_it_is_broken_where_there_are_such_sidecars(
    version: str, dropped: tuple[str, ...], expected: Status
) -> None:
    shown = Subjects((("app/api", DryRun(shape(), dropped=dropped)),))
    found = told(
        "native_sidecars_stay_sidecars", cluster=Cluster("https://127.0.0.1", version, ""), injections=shown
    )
    assert found["app/api"][0] is expected
