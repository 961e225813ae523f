import pytest

from keystone_check.iam.arns import difference, near_misses, provider_account, same_url

STEM = "arn:aws:iam::111122223333:oidc-provider/"
ARN = f"{STEM}b-1.s3.eu-west-1.amazonaws.com/one"


@pytest.mark.parametrize(
    ("url", "how"),
    [
        ("b-1.s3.eu-west-1.amazonaws.com/one/", "a slash at the end"),
        ("b-1.s3.eu-west-1.amazonaws.com/One", "letter case"),
        ("b-1.s3.eu-west-1.amazonaws.com:443/one", "the port 443"),
        ("https://b-1.s3.eu-west-1.amazonaws.com/one", "it is not the same byte for byte"),
    ],
)
def test_a_provider_that_nearly_names_the_issuer_is_told_by_how_it_differs(url: str, how: str) -> None:
    assert near_misses([ARN, STEM + url], ARN) == (STEM + url,)
    if not url.startswith("https"):
        assert difference(STEM + url, ARN) == how


@pytest.mark.parametrize(
    "other",
    [
        ARN,
        f"{STEM}b-1.s3.eu-west-1.amazonaws.com/two",
        f"{STEM}b-2.s3.eu-west-1.amazonaws.com/one",
        ARN.replace("111122223333", "999988887777"),
    ],
)
def test_another_issuer_and_another_account_are_not_near(other: str) -> None:
    assert near_misses([other], ARN) == ()


def test_the_same_url_may_be_of_several_accounts() -> None:
    other = ARN.replace("111122223333", "999988887777")
    assert same_url(ARN, other)
    assert provider_account(other) == "999988887777"
    assert provider_account("nonsense") == ""
