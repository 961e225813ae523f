"""The listed addresses."""

from pathlib import Path

from keystone_check.model.access import Access
from keystone_check.model.world import Expected
from keystone_check.probes.endpoints import endpoints
from keystone_check.sandbox.ground import Ground
from tests.probes.conftest import in_aws
from tests.probes.test_kube import kubeconfig


def test_every_source_is_listed_and_none_is_contacted(ground: Ground, tmp_path: Path) -> None:
    file = kubeconfig(tmp_path, "https://k3s.example.com:6443", ground.root_pem)
    expected = Expected(issuer="https://keys.s3.eu-central-1.amazonaws.com/one")
    listed = endpoints(Access("test", kubeconfig=file, region="eu-central-1", expected=expected))
    addresses = [line.split()[0] for line in listed if line.startswith("https://")]
    assert addresses == [
        "https://k3s.example.com:6443",
        "https://sts.eu-central-1.amazonaws.com",
        "https://iam.amazonaws.com",
        "https://s3.eu-central-1.amazonaws.com",
        "https://s3-control.eu-central-1.amazonaws.com",
        "https://keys.s3.eu-central-1.amazonaws.com",
    ]


def test_one_endpoint_for_all_of_aws_is_listed_as_that() -> None:
    listed = endpoints(in_aws("http://127.0.0.1:9"))
    assert [line.split()[0] for line in listed if "AWS:" in line] == ["http://127.0.0.1:9"] * 4


def test_an_unusable_kubeconfig_is_said_in_its_place() -> None:
    assert endpoints(Access("test", kubeconfig="/nonexistent"))[0] == (
        "no API server: the kubeconfig /nonexistent does not exist"
    )
