import json
import socket
import ssl
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import urllib3
from kubernetes import client, config

from keystone_check.model.cluster import ROLE_ARN, ServiceAccount
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.kube.server import KubeServer
from keystone_check.sandbox.kube.state import KubeState, Tls
from tests.sandbox.kube.conftest import NOW, ROLE, UID


def pool(server: KubeServer, ground: Ground) -> urllib3.HTTPSConnectionPool:
    port = int(server.url.rpartition(":")[2])
    return urllib3.HTTPSConnectionPool("127.0.0.1", port, ca_cert_data=ground.root_pem.decode())


def bearer(server: KubeServer) -> dict[str, str]:
    return {"authorization": f"Bearer {server.token.reveal()}"}


def test_one_connection_serves_many_requests_and_trust_comes_from_the_authority(
    server: KubeServer, ground: Ground
) -> None:
    with pool(server, ground) as connections:
        for _ in range(5):
            assert connections.request("GET", "/version", headers=bearer(server)).status == 200
        assert (connections.num_connections, connections.num_requests) == (1, 5)


def test_the_kubernetes_client_reads_writes_and_mints(server: KubeServer, tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(server.kubeconfig.reveal())
    # The client ships types of which every member may be None, and untyped functions.
    configured: Any = config
    api: Any = client.CoreV1Api(configured.new_client_from_config(str(path)))
    try:
        assert api.read_namespaced_service_account("api", "apps").metadata.annotations == {ROLE_ARN: ROLE}
        patched = {"metadata": {"annotations": {ROLE_ARN: "other"}}}
        api.patch_namespaced_service_account("api", "apps", patched)
        spec = client.V1TokenRequestSpec(audiences=["sts.amazonaws.com"], expiration_seconds=600)
        request = client.AuthenticationV1TokenRequest(spec=spec)
        minted = api.create_namespaced_service_account_token("api", "apps", request)
        assert minted.status.token.count(".") == 2
        with pytest.raises(client.ApiException) as refused:
            api.read_namespaced_service_account("nope", "apps")
        assert refused.value.status == 404
        assert json.loads(refused.value.body or "")["reason"] == "NotFound"
    finally:
        api.api_client.close()
    assert ServiceAccount("apps", "api", UID, {ROLE_ARN: "other"}) in server.accounts()


def test_writes_from_many_threads_are_all_kept(server: KubeServer, ground: Ground) -> None:
    path = "/api/v1/namespaces/apps/serviceaccounts"

    def write(prefix: int) -> None:
        with pool(server, ground) as connections:
            for index in range(10):
                body = json.dumps({"metadata": {"name": f"n{prefix}-{index}"}})
                assert connections.request("POST", path, body, headers=bearer(server)).status == 201

    threads = [threading.Thread(target=write, args=(prefix,)) for prefix in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pool(server, ground) as connections:
        items: list[Any] = connections.request("GET", path, headers=bearer(server)).json()["items"]
    assert len(items) == 2 + 50
    assert len({item["metadata"]["resourceVersion"] for item in items}) == len(items)


def test_a_client_that_never_shakes_hands_holds_nobody_up(server: KubeServer, ground: Ground) -> None:
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)), pool(server, ground) as connections:
        assert connections.request("GET", "/livez", headers=bearer(server), timeout=5).status == 200


def test_stopping_ends_every_connection_and_frees_the_port(
    state: KubeState, tls: Tls, ground: Ground
) -> None:
    with KubeServer(state, tls, lambda: NOW) as server:
        port = int(server.url.rpartition(":")[2])
        context = ssl.create_default_context(cadata=ground.root_pem.decode())
        raw = socket.create_connection(("127.0.0.1", port), timeout=5)
        held = context.wrap_socket(raw, server_hostname="127.0.0.1")
    with held:
        assert held.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.parametrize(
    ("method", "headers", "code"),
    [
        ("FOO", {}, 405),
        ("POST", {"transfer-encoding": "chunked"}, 400),
        ("POST", {"content-length": "99999999"}, 413),
    ],
)
def test_what_http_itself_forbids_is_a_status_too(
    server: KubeServer, ground: Ground, method: str, headers: dict[str, str], code: int
) -> None:
    port = int(server.url.rpartition(":")[2])
    context = ssl.create_default_context(cadata=ground.root_pem.decode())
    lines = [f"{method} /version HTTP/1.1", "host: x", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as raw,
        context.wrap_socket(raw, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall("\r\n".join(lines).encode())
        with connection.makefile("rb") as reader:
            head, _, body = reader.read().partition(b"\r\n\r\n")
    assert head.split()[1] == str(code).encode()
    assert json.loads(body)["code"] == code


def test_a_fault_of_the_emulator_is_a_500_and_is_recorded_without_values(
    state: KubeState, tls: Tls, ground: Ground, capfd: pytest.CaptureFixture[str]
) -> None:
    seconds = iter([str(NOW), "hidden", str(NOW)])  # at the start, for the request, for the answer's Date
    broken = replace(state, accounts=())
    with KubeServer(broken, tls, lambda: int(next(seconds))) as server, pool(server, ground) as connections:
        target = "/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dhidden"
        answer = connections.request("GET", target, headers=bearer(server))
        assert (answer.status, answer.json()["reason"]) == (500, "InternalError")
        assert len(server.crashes) == 1
        assert server.crashes[0].startswith("GET /api/v1/namespaces/default/pods: ValueError at ")
        assert "hidden" not in server.crashes[0]
    assert capfd.readouterr() == ("", "")
