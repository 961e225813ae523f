import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keystone_check.sandbox.kube import protobuf
from tests.sandbox.kube.conftest import Asker

PROTOBUF = "application/vnd.kubernetes.protobuf"


def field(number: int, value: bytes | str | int) -> bytes:
    """One field in wire form."""
    if isinstance(value, int):
        return bytes([number << 3]) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2]) + varint(len(data)) + data


def varint(value: int) -> bytes:
    value %= 1 << 64
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def wrapped(kind: str, raw: bytes, version: str = "v1") -> bytes:
    """An object in the envelope that Kubernetes puts around it."""
    types = field(1, version) + field(2, kind)
    return protobuf.MAGIC + field(1, types) + field(2, raw) + field(3, "") + field(4, "")


def test_an_account_is_read_with_its_annotations() -> None:
    pair = field(1, "a") + field(2, "b")
    metadata = field(1, "api") + field(2, "") + field(3, "apps") + field(8, b"") + field(12, pair)
    raw = field(1, metadata) + field(3, field(1, "pull")) + field(4, 0)
    assert protobuf.decode(wrapped("ServiceAccount", raw)) == {
        "kind": "ServiceAccount",
        "apiVersion": "v1",
        "metadata": {"name": "api", "namespace": "apps", "annotations": {"a": "b"}},
        "imagePullSecrets": [{"name": "pull"}],
        "automountServiceAccountToken": False,
    }


def test_negative_numbers_and_bytes_are_read() -> None:
    request = protobuf.decode(wrapped("TokenRequest", field(2, field(4, -1))))
    assert request is not None
    assert request["spec"] == {"expirationSeconds": -1}
    secret = protobuf.decode(wrapped("Secret", field(2, field(1, "k") + field(2, b"\xff"))))
    assert secret is not None
    assert secret["data"] == {"k": base64.b64encode(b"\xff").decode()}


def test_a_token_is_minted_for_a_client_that_speaks_protobuf(admin: Asker) -> None:
    spec = field(1, "sts.amazonaws.com") + field(4, 1200)
    body = wrapped("TokenRequest", field(2, spec), "authentication.k8s.io/v1")
    path = "/api/v1/namespaces/apps/serviceaccounts/api/token"
    status, found = admin.ask("POST", path, body, content_type=PROTOBUF)
    assert (status, found["spec"]["audiences"], found["spec"]["expirationSeconds"]) == (
        201,
        ["sts.amazonaws.com"],
        1200,
    )


def test_a_kind_whose_protobuf_form_is_unknown_is_refused_with_the_way_out(admin: Asker) -> None:
    path = "/api/v1/namespaces/apps/pods"
    status, found = admin.ask("POST", path, wrapped("Pod", b""), content_type=PROTOBUF)
    assert status == 415
    assert "application/json" in found["message"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for kind in ("ServiceAccount", "TokenRequest"):
        try:
            found = protobuf.decode(wrapped(kind, data))
        except (protobuf.MalformedError, UnicodeDecodeError):
            continue
        assert found is not None
        assert found["kind"] == kind


def test_bytes_without_the_magic_are_malformed() -> None:
    with pytest.raises(protobuf.MalformedError):
        protobuf.decode(b"{}")
