import os
from pathlib import Path

import pytest

from keystone_check.errors import KeystoneError, UsageError
from keystone_check.model.access import Access
from keystone_check.probes.aws import Aws
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.results import LARGEST, LIST_RESULTS, results
from keystone_check.remedy.apply.filing import file

NOWHERE = Access("none")


def test_a_folder_is_all_that_lies_below_it(tmp_path: Path) -> None:
    (tmp_path / "shard-1").mkdir()
    (tmp_path / "shard-1" / "report.json").write_bytes(b"1")
    (tmp_path / "two.json").write_bytes(b"2")
    (tmp_path / "log.txt").write_bytes(b"3")
    assert [content for _, content in results(str(tmp_path), NOWHERE)] == [b"1", b"2"]


def test_a_folder_below_it_that_cannot_be_read_is_told_for_it_may_hold_a_result(tmp_path: Path) -> None:
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(17):  # deeper than a path may be long
        os.mkdir("d" * 250, dir_fd=at)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    ((where, content),) = results(str(tmp_path), NOWHERE)
    assert where.startswith(str(tmp_path))
    assert isinstance(content, KeystoneError)
    assert content.message == "cannot be read: File name too long"


def test_a_file_that_is_not_there_or_too_large_says_so(tmp_path: Path) -> None:
    with (tmp_path / "large.json").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    for name, said in (("none.json", "cannot be read: No such file"), ("large.json", "has more than 64 MiB")):
        ((_, content),) = results(str(tmp_path / name), NOWHERE)
        assert isinstance(content, KeystoneError)
        assert said in content.message


def test_what_is_filed_into_a_bucket_is_found_under_its_prefix(account: Access) -> None:
    place = {"LocationConstraint": "eu-central-1"}
    Aws(account).client("s3").create_bucket(Bucket="trust-results", CreateBucketConfiguration=place)
    for name in ("prod", "test", "prod"):
        file(account, f"s3://trust-results/nightly/{name}.json", name.encode(), "json")
    file(account, "s3://trust-results/nightly/page.html", b"", "html")
    file(account, "s3://trust-results/other/dev.json", b"", "json")
    assert list(results("s3://trust-results/nightly/", account)) == [
        ("s3://trust-results/nightly/prod.json", b"prod"),
        ("s3://trust-results/nightly/test.json", b"test"),
    ]


def test_a_listing_goes_on_over_pages(account: Access) -> None:
    aws = Aws(account)
    place = {"LocationConstraint": "eu-central-1"}
    aws.client("s3").create_bucket(Bucket="paged", CreateBucketConfiguration=place)
    for number in range(3):
        file(account, f"s3://paged/{number}.json", b"", "json")
    pages = aws.pages(
        LIST_RESULTS,
        "NextContinuationToken",
        lambda page: [each["Key"] for each in page["Contents"]],
        following="ContinuationToken",
        Bucket="paged",
        MaxKeys=1,
    )
    assert list(pages) == ["0.json", "1.json", "2.json"]


def test_a_bucket_that_is_not_there_is_an_error(account: Access) -> None:
    with pytest.raises(ReadError, match="NoSuchBucket"):
        list(results("s3://no-such-results/", account))
    with pytest.raises(ReadError, match="NoSuchBucket"):
        file(account, "s3://no-such-results/a.json", b"", "json")


@pytest.mark.parametrize("address", ["s3://", "s3:///a", "s3://UPPER/a"])
def test_an_address_without_a_bucket_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="names no bucket"):
        list(results(address, NOWHERE))
