"""For how long an answer may be kept, by its Cache-Control."""

import pytest

from keystone_check.iam.caching import kept


@pytest.mark.parametrize(
    ("directives", "seconds"),
    [
        ("", 0),
        ("public, max-age=3600", 3600),
        ("max-age=60, s-maxage=600", 600),
        ("Max-Age=60", 60),
        ('max-age="60"', 60),
        ("max-age=0", 0),
        ("no-store, max-age=60", 0),
        ("no-cache, max-age=60", 0),
        ("private, max-age=60", 0),
        ("max-age=-1", 0),
        ("max-age=soon", 0),
        ("max-age=99999999999", 0),
        ("max-age=٦٠", 0),  # digits, and none of HTTP's
        ("stale-while-revalidate=60", 0),
    ],
)
def test_a_shared_cache_keeps_what_it_may_for_as_long_as_it_may(directives: str, seconds: int) -> None:
    assert kept(directives) == seconds
