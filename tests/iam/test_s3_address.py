import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.s3_address import Location, host_form, locate, object_key, suffix_of

V, P = "virtual-host", "path"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://b-1.s3.eu-west-1.amazonaws.com", Location("b-1", "eu-west-1", "", V, "aws")),
        ("https://b-1.s3.eu-west-1.amazonaws.com/a/b/", Location("b-1", "eu-west-1", "a/b/", V, "aws")),
        ("https://a.b.s3.eu-west-1.amazonaws.com/", Location("a.b", "eu-west-1", "", V, "aws")),
        ("https://s3.b.s3.eu-west-1.amazonaws.com/", Location("s3.b", "eu-west-1", "", V, "aws")),
        ("https://b-1.s3-eu-west-1.amazonaws.com/k", Location("b-1", "eu-west-1", "k", V, "aws")),
        ("https://b-1.s3.dualstack.eu-west-1.amazonaws.com/k", Location("b-1", "eu-west-1", "k", V, "aws")),
        ("https://b-1.s3.amazonaws.com/k", Location("b-1", "", "k", V, "aws")),
        ("https://b-1.s3.cn-north-1.amazonaws.com.cn/k", Location("b-1", "cn-north-1", "k", V, "aws-cn")),
        (
            "https://s3.us-gov-west-1.amazonaws.com/b-1/k",
            Location("b-1", "us-gov-west-1", "k", P, "aws-us-gov"),
        ),
        ("https://s3.eu-west-1.amazonaws.com/b-1", Location("b-1", "eu-west-1", "", P, "aws")),
        ("https://s3.amazonaws.com/b-1/a%20b", Location("b-1", "", "a b", P, "aws")),
        ("https://S3.EU-West-1.AmazonAWS.com/b-1/k", Location("b-1", "eu-west-1", "k", P, "aws")),
        ("https://s3.eu-west-1.amazonaws.com/", None),
        ("https://b-1.s3-website-us-east-1.amazonaws.com/", None),
        ("https://d111111abcdef8.cloudfront.net/", None),
        ("https://b-1.s3.eu-west-1.amazonaws.com.example.org/", None),
        ("ftp://b-1.s3.eu-west-1.amazonaws.com/", None),
        ("https://[::1", None),
        ("https://b-1.s3.eu-west-1.amazonaws.com:port/", None),
        ("", None),
    ],
)
def test_an_address_names_bucket_region_key_and_style(url: str, expected: Location | None) -> None:
    assert locate(url) == expected


def test_the_key_of_a_document_below_a_prefix() -> None:
    here = locate("https://s3.eu-west-1.amazonaws.com/b-1/oidc/")
    assert here is not None
    assert here.prefix == "oidc"
    assert object_key(here, "https://s3.eu-west-1.amazonaws.com/b-1/oidc/keys.json") == "oidc/keys.json"
    assert object_key(here, "https://b-1.s3.eu-west-1.amazonaws.com/oidc/keys.json") == "oidc/keys.json"
    assert object_key(here, "https://other.s3.eu-west-1.amazonaws.com/oidc/keys.json") == ""
    assert object_key(here, "https://example.org/oidc/keys.json") == ""


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://b-1.s3.eu-west-1.amazonaws.com", "regional"),
        ("https://s3.eu-west-1.amazonaws.com/b-1", "regional"),
        ("https://b-1.s3.cn-north-1.amazonaws.com.cn", "regional"),
        ("https://b-1.s3.dualstack.eu-west-1.amazonaws.com", "dualstack"),
        ("https://b-1.s3-fips.us-gov-west-1.amazonaws.com", "fips"),
        ("https://b-1.s3.amazonaws.com", "global"),
        ("https://s3.amazonaws.com/b-1", "global"),
        ("https://b-1.s3-eu-west-1.amazonaws.com", "dash"),
        ("https://b-1.s3-accelerate.amazonaws.com", "accelerate"),
        ("https://b-1.s3-accelerate.dualstack.amazonaws.com", "accelerate"),
        ("http://b-1.s3-website-us-east-1.amazonaws.com", "website"),
        ("https://b-1.s3-website.eu-central-1.amazonaws.com", "website"),
        ("https://d111111abcdef8.cloudfront.net", ""),
        ("https://[::1", ""),
        ("", ""),
    ],
)
def test_the_form_of_a_host(url: str, form: str) -> None:
    assert host_form(url) == form


@pytest.mark.parametrize(
    ("partition", "suffix"),
    [("aws", "amazonaws.com"), ("aws-us-gov", "amazonaws.com"), ("aws-cn", "amazonaws.com.cn")],
)
def test_what_the_hosts_of_a_partition_end_in(partition: str, suffix: str) -> None:
    assert suffix_of(partition) == suffix


@given(st.text())
def test_no_text_escapes_as_an_exception(text: str) -> None:
    assert locate(text) is None or "s3" in text.lower()
