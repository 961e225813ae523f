import pytest

from keystone_check.sandbox.kube.tables import age

HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "<invalid>"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (125, "2m5s"),
        (15 * 60, "15m"),
        (3 * HOUR, "3h"),
        (3 * HOUR + 60, "3h1m"),
        (9 * HOUR + 60, "9h"),
        (2 * DAY + HOUR, "2d1h"),
        (9 * DAY + HOUR, "9d"),
        (3 * 365 * DAY + DAY, "3y1d"),
    ],
)
def test_an_age_is_written_as_kubectl_writes_it(seconds: int, shown: str) -> None:
    assert age(seconds) == shown
