"""The API server's reader, against a server that answers as one."""

import contextlib
import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from keystone_check.model.access import Access
from keystone_check.probes.kube import Kube
from keystone_check.probes.limits import CONTACT_SECONDS, Limits
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.sources import Sources
from keystone_check.sandbox.ground import Ground
from tests.probes.servers import Answer, Reply, Request, Reset, Server, Silence, serving

BEARER = "bearer-that-stays-here"


def reply(document: object, status: int = 200) -> Reply:
    return Reply(status, {"Content-Type": "application/json"}, json.dumps(document).encode())


def refusal(status: int, message: str) -> Reply:
    return reply({"kind": "Status", "status": "Failure", "message": message, "code": status}, status)


@pytest.fixture
def cluster(ground: Ground, tmp_path: Path) -> Iterator[Callable[..., tuple[Server, Access]]]:
    """Start an API server and give the Access that reaches it."""
    with contextlib.ExitStack() as stack:

        def start(answer: Answer, busy_seconds: float = 0, **settings: Any) -> tuple[Server, Access]:
            server = stack.enter_context(serving(answer, ground.api, tmp_path, busy_seconds=busy_seconds))
            file = kubeconfig(tmp_path, f"https://127.0.0.1:{server.port}", ground.root_pem)
            return server, Access("test", kubeconfig=file, **settings)

        yield start


def kubeconfig(folder: Path, server: str, root: bytes) -> str:
    authority = folder / "ca.pem"
    authority.write_bytes(root)
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "k", "cluster": {"server": server, "certificate-authority": str(authority)}}],
        "users": [{"name": "u", "user": {"token": BEARER}}],
        "contexts": [{"name": "here", "context": {"cluster": "k", "user": "u"}}],
        "current-context": "here",
    }
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(document))
    return str(file)


@contextlib.contextmanager
def full() -> Iterator[int]:
    """The port of a host that takes no connection: its queue is full, and nobody empties it."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = stack.enter_context(socket.socket())
        waiting.connect(listening.getsockname())
        yield listening.getsockname()[1]


def refused(call: Callable[[], object]) -> ReadError:
    with pytest.raises(ReadError) as caught:
        call()
    assert BEARER not in str(caught.value)
    return caught.value


def test_version_and_user_are_asked_with_the_kubeconfigs_credentials(cluster: Any) -> None:
    def answer(request: Request) -> Reply:
        if request.path == "/version":
            return reply({"gitVersion": "v1.36.3+k3s1"})
        return reply({"status": {"userInfo": {"username": "engineer"}}}, 201)

    server, access = cluster(answer)
    kube = Kube(access)
    kube.contact()
    assert (kube.server, kube.version(), kube.whoami()) == (access_server(server), "v1.36.3+k3s1", "engineer")
    assert {request.headers["authorization"] for request in server.asked} == {f"Bearer {BEARER}"}
    review = server.asked[-1]
    assert (review.method, review.path) == ("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews")


def access_server(server: Server) -> str:
    return f"https://127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    ("status", "says"), [(404, "has no SelfSubjectReview"), (403, "does not let us ask")]
)
def test_an_api_server_that_will_not_say_who_we_are_is_quoted_so(
    cluster: Any, status: int, says: str
) -> None:
    _, access = cluster(lambda _: refusal(status, "no"))
    assert says in Kube(access).whoami()


def test_documents_are_kept_as_served_by_path(cluster: Any) -> None:
    headers = {
        "Content-Type": "application/jwk-set+json",
        "Cache-Control": "public, max-age=3600",
        "Audit-Id": "x",
    }
    _, access = cluster(lambda _: Reply(200, headers, b'{"keys": []}'))
    keys = Kube(access).key_set()
    assert (keys.url, keys.body, keys.size) == ("/openid/v1/jwks", '{"keys": []}', 12)
    assert keys.headers == (
        ("cache-control", "public, max-age=3600"),
        ("content-type", "application/jwk-set+json"),
    )


def test_a_document_is_asked_for_in_whatever_form_it_has(cluster: Any) -> None:
    server, access = cluster(lambda _: Reply(200, {}, b"{}"))
    Kube(access).key_set()
    assert [request.headers["accept"] for request in server.asked] == ["application/json, */*"]


def test_a_message_of_many_lines_becomes_one_sentence(cluster: Any) -> None:
    _, access = cluster(lambda _: refusal(406, "Not Acceptable\n\nAvailable: x"))
    assert refused(Kube(access).version).message == "get /version: 406: Not Acceptable Available: x"


def test_a_document_that_is_refused_names_the_right(cluster: Any) -> None:
    _, access = cluster(lambda _: refusal(403, "forbidden: no"))
    error = refused(Kube(access).discovery)
    assert error.message == "get /.well-known/openid-configuration: 403: forbidden: no"
    assert error.permission == "get /.well-known/openid-configuration"


def test_service_accounts_are_read_page_by_page(cluster: Any) -> None:
    def answer(request: Request) -> Reply:
        last = "continue=ab" in request.path
        items = [{"metadata": {"namespace": "app", "name": "two" if last else "one"}}]
        return reply({"metadata": {} if last else {"continue": "ab"}, "items": items})

    server, access = cluster(answer)
    found = list(Kube(access).service_accounts("app", "tier in (a,b)"))
    assert [item["metadata"]["name"] for item in found] == ["one", "two"]
    assert len(server.asked) == 2
    assert all(request.path.startswith("/api/v1/namespaces/app/serviceaccounts?") for request in server.asked)
    assert all(
        "labelSelector=tier" in request.path and "limit=500" in request.path for request in server.asked
    )


def test_a_refused_listing_names_the_right_and_the_way_round(cluster: Any) -> None:
    _, access = cluster(lambda _: refusal(403, "serviceaccounts is forbidden"))
    missing = refused(lambda: list(Kube(access).service_accounts())).missing("accounts")
    assert missing.permission == "list serviceaccounts"
    assert "in all namespaces: 403: serviceaccounts is forbidden" in missing.because
    assert "-n" in missing.because


def test_a_token_is_a_secret_from_the_moment_it_is_here(cluster: Any) -> None:
    server, access = cluster(lambda _: reply({"status": {"token": "a.b.c"}}, 201))
    token = Kube(access).mint("app", "api", "sts.amazonaws.com", 900, {"kind": "Pod", "name": "p"})
    assert token.reveal() == "a.b.c"
    (request,) = server.asked
    assert request.path == "/api/v1/namespaces/app/serviceaccounts/api/token"
    assert json.loads(request.body)["spec"] == {
        "audiences": ["sts.amazonaws.com"],
        "expirationSeconds": 900,
        "boundObjectRef": {"kind": "Pod", "name": "p"},
    }


def test_a_refused_token_names_the_right(cluster: Any) -> None:
    _, access = cluster(lambda _: refusal(403, "no"))
    assert refused(lambda: Kube(access).mint("app", "api", "a")).permission == "create serviceaccounts/token"


def test_a_temporary_account_says_whose_it_is_and_goes_again(cluster: Any) -> None:
    server, access = cluster(lambda request: reply({}) if request.method == "POST" else refusal(404, "gone"))
    kube = Kube(access)
    kube.create_account("app", "probe", "2027-01-15T08:00:00Z")
    kube.delete_account("app", "probe")
    created, deleted = server.asked
    metadata = json.loads(created.body)["metadata"]
    assert metadata["labels"] == {
        "app.kubernetes.io/managed-by": "keystone-check",
        "keystone-check/temporary": "true",
    }
    assert metadata["annotations"] == {"keystone-check/until": "2027-01-15T08:00:00Z"}
    assert (deleted.method, deleted.path) == ("DELETE", "/api/v1/namespaces/app/serviceaccounts/probe")


def test_expired_cluster_credentials_are_one_reason_for_the_whole_cluster(cluster: Any) -> None:
    _, access = cluster(lambda _: refusal(401, "Unauthorized"))
    missing = refused(Kube(access).version).missing("accounts")
    assert missing.fact == "cluster"
    assert "does not accept our credentials" in missing.because


def test_a_throttled_call_is_tried_again(cluster: Any) -> None:
    answers = iter([refusal(429, "slow down"), Reset(), reply({"gitVersion": "v1"})])
    server, access = cluster(lambda _: next(answers))
    assert Kube(access).version() == "v1"
    assert len(server.asked) == 3


def test_a_write_that_broke_off_is_not_sent_twice(cluster: Any) -> None:
    server, access = cluster(lambda _: Reset())
    assert "broke the connection off" in refused(lambda: Kube(access).create_account("a", "b", "")).message
    assert len(server.asked) == 1


def test_a_timeout_names_request_address_and_limit(cluster: Any) -> None:
    server, access = cluster(lambda _: Silence(), request_seconds=0.2)
    assert refused(Kube(access).version).message == (
        f"get /version: {access_server(server)} gave no answer within 0.2 s"
    )


def test_a_busy_server_may_take_as_long_for_the_handshake_as_for_an_answer(cluster: Any) -> None:
    _, access = cluster(lambda _: reply({"gitVersion": "v1"}), busy_seconds=CONTACT_SECONDS + 0.2)
    assert Kube(access).version() == "v1"


def test_an_answer_that_is_no_json_is_said_so(cluster: Any) -> None:
    _, access = cluster(lambda _: Reply(200, {}, b"<html>"))
    assert "what is not JSON" in refused(Kube(access).version).message


def test_a_certificate_of_another_authority_is_said_so(cluster: Any, tmp_path: Path) -> None:
    server, _ = cluster(lambda _: reply({}))
    file = kubeconfig(tmp_path, access_server(server), Ground.make().root_pem)
    error = refused(Kube(Access("test", kubeconfig=file)).version)
    assert error.fact == "cluster"
    assert "cannot be reached: TLS failed" in error.message
    assert "CERTIFICATE_VERIFY_FAILED" in error.message


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://127.0.0.1:{port}", "connection refused"),
        ("https://nowhere.invalid", "its name does not resolve"),
    ],
)
def test_a_cluster_that_is_not_there_is_known_at_the_first_contact(
    ground: Ground, tmp_path: Path, unused_port: int, address: str, reason: str
) -> None:
    server = address.format(port=unused_port)
    kube = Kube(Access("test", kubeconfig=kubeconfig(tmp_path, server, ground.root_pem)))
    error = refused(kube.contact)
    assert error.message == f"the cluster at {server} cannot be reached: {reason}"
    assert error.fact == "cluster"


def test_a_cluster_that_takes_no_connection_is_given_up_before_two_seconds(
    ground: Ground, tmp_path: Path
) -> None:
    with full() as port:
        server = f"https://127.0.0.1:{port}"
        file = kubeconfig(tmp_path, server, ground.root_pem)
        error = refused(Kube(Access("test", kubeconfig=file, request_seconds=600)).contact)
    assert error.message == f"the cluster at {server} cannot be reached: no connection within 1.9 s"


def test_one_contact_says_for_all_requests_that_a_cluster_is_not_there(
    ground: Ground, tmp_path: Path
) -> None:
    with full() as port:
        file = kubeconfig(tmp_path, f"https://127.0.0.1:{port}", ground.root_pem)
        sources = Sources(Access("test", kubeconfig=file), Limits(10))
        first, second = refused(sources.kube), refused(sources.kube)
    assert first is second


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not YAML"),
        ("[]", "holds a list, not a mapping"),
        ("", "cannot be used"),
        ("contexts: [{name: here, context: {cluster: k}}]\ncurrent-context: here", "cannot be used"),
        ("clusters: {}\ncontexts: [{name: here, context: 3}]\ncurrent-context: here", "cannot be used"),
    ],
)
def test_a_kubeconfig_that_cannot_be_read_is_said_with_a_next_step(
    tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(text)
    error = refused(lambda: Kube(Access("test", kubeconfig=str(file))))
    assert reason in error.message
    assert error.hint
    assert error.fact == "cluster"


def test_an_unknown_context_is_said(ground: Ground, tmp_path: Path) -> None:
    file = kubeconfig(tmp_path, "https://127.0.0.1:1", ground.root_pem)
    assert "nope" in refused(lambda: Kube(Access("test", kubeconfig=file, context="nope"))).message
