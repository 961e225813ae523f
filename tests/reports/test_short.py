"""The report for a chat."""

from keystone_check.model.finding import Status
from keystone_check.reports.short import render
from tests.reports import build


def test_a_green_one_is_who_asked_and_a_count() -> None:
    first, last = render(build.report(build.FINDINGS[Status.HOLDS])).splitlines()
    assert first.startswith(
        "keystone-check 1.2.3 on prod | cluster https://10.0.0.5:6443 v1.36.3+k3s1 | kube user"
    )
    assert last == "1 hold"


def test_each_thing_that_is_wrong_has_one_line_with_its_id() -> None:
    lines = render(build.report(*build.FINDINGS.values())).splitlines()
    assert lines[1:-1] == [
        "OUR BUG provider/audience_is_registered: KeyError in the check itself: 'aud'",
        f"BROKEN provider/audience_is_registered: {build.PROVIDER}: "
        "The provider accepts foo; tokens carry sts.amazonaws.com.",
        "UNSEEN audience_is_registered: iam:GetRole app-api: AccessDenied (needs iam:GetRole)",
    ]
    assert lines[-1] == "1 crashed, 1 broken, 1 could not be seen, 1 hold, 1 not applicable"


def test_a_value_never_adds_a_line() -> None:
    assert len(render(build.report(build.defect(seen="a\nb\rc"))).splitlines()) == 3
