"""K3s's own arguments and those that are written, joined as K3s joins them."""

import pytest

from keystone_check.model.servers import ServerArguments

DEFAULT = "https://kubernetes.default.svc.cluster.local"


def k3s(*written: str, domain: str = "cluster.local") -> ServerArguments:
    return ServerArguments("k3s", "annotation k3s.io/node-args", written, domain)


@pytest.mark.parametrize(
    ("written", "issuers"),
    [
        ((), (DEFAULT,)),
        (("service-account-issuer=https://a",), ("https://a",)),
        (("service-account-issuer+=https://a",), (DEFAULT, "https://a")),
        (("service-account-issuer-=https://a",), ("https://a", DEFAULT)),
        (
            ("service-account-issuer=https://a", "service-account-issuer=https://b"),
            ("https://a", "https://b"),
        ),
        (
            ("service-account-issuer=https://a", "service-account-issuer+=https://b"),
            ("https://a", "https://b"),
        ),
        (
            ("service-account-issuer=https://a", "service-account-issuer-=https://b"),
            ("https://b", "https://a"),
        ),
        (
            ("service-account-issuer+=https://a", "service-account-issuer=https://b"),
            (DEFAULT, "https://a", "https://b"),
        ),
    ],
)
def test_the_first_issuer_is_the_one_that_k3s_would_sign_for(
    written: tuple[str, ...], issuers: tuple[str, ...]
) -> None:
    assert k3s(*written).issuers == issuers


def test_a_static_pods_issuers_are_those_that_are_written_and_no_operator_is_known() -> None:
    pod = ServerArguments("kube-apiserver", "static pod", ("service-account-issuer=https://a=b",))
    assert pod.issuers == ("https://a=b",)
    assert pod.api_audiences == ("https://a=b",)
    assert pod.default_issuer == ""


def test_k3s_knows_its_own_audiences_and_a_cluster_domain_of_its_own() -> None:
    assert k3s().api_audiences == (DEFAULT, "k3s")
    other = k3s(domain="lab.internal")
    assert other.issuers == ("https://kubernetes.default.svc.lab.internal",)
    assert k3s("api-audiences=a,b").api_audiences == ("a", "b")


def test_the_last_value_counts_where_only_one_can() -> None:
    assert k3s("oidc-issuer-url=a", "oidc-issuer-url=b").value("oidc-issuer-url") == "b"
    assert k3s().value("oidc-issuer-url") == ""
    assert k3s().value("anonymous-auth") == "false"
