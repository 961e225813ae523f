"""What stands between here and the documents: redirects, throttling, proxies, a network of IPv6 alone."""

import json
import socket
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from keystone_check.model.access import Access
from keystone_check.model.aws import Caller
from keystone_check.model.facts import Missing
from keystone_check.model.web import Chain, Response
from keystone_check.model.world import World
from keystone_check.probes.gather import gather
from keystone_check.probes.tls import chain
from keystone_check.probes.web import fetch, proxy_for
from keystone_check.sandbox.front import server_context
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.relay import Relay
from keystone_check.sandbox.serve import Serving
from tests.bad_input.looking import closed_port, command, configured, judged, look, served
from tests.probes.servers import Reply, Request
from tests.probes.servers import serving as answering

HOST = "oidc.keystone.example"
SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)


@pytest.mark.parametrize("document", ["discovery", "key_set"])
def test_a_redirect_to_an_internal_address_is_reported_and_never_followed(
    document: str, tmp_path: Path
) -> None:
    with answering(lambda _: Reply(200, {}, b"{}"), None, tmp_path) as trap:
        inside = f"http://127.0.0.1:{trap.port}/latest/meta-data/"
        answer = Response("", 302, (("location", inside),), "", 0)
        with served({document: answer}) as sandbox:
            found = judged(sandbox.access)
    assert trap.asked == []
    assert "broken" in found.statuses["documents_answer_without_redirects"]
    assert found.says(f"302 to {inside}, which is not followed; it leads to where no stranger can go")


def test_s3_that_throttles_once_is_asked_again_and_the_second_try_is_shown(tmp_path: Path) -> None:
    ran, asked = throttled(1, tmp_path)
    assert ran["code"] == "0"
    assert ran["out"].count("answered at the 2nd try") == 2
    assert set(asked.values()) == {2}


def test_s3_that_goes_on_throttling_is_said_in_its_own_words(tmp_path: Path) -> None:
    ran, asked = throttled(100, tmp_path)
    assert ran["code"] == "1"
    assert "a stranger does not get the discovery document: 503 SlowDown" in ran["out"]
    assert set(asked.values()) == {3}


def throttled(times: int, folder: Path) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """A look at documents that are answered with 503 SlowDown so often, and how often each was asked for."""
    ground, asked = Ground.make(), defaultdict[str, int](int)
    with served(ground=ground) as sandbox:

        def answer(request: Request) -> Reply:
            asked[request.path] += 1
            xml = {"Content-Type": "application/xml"}
            return (
                Reply(503, xml, SLOW_DOWN)
                if asked[request.path] <= times
                else _stored(sandbox.world, request)
            )

        with answering(answer, ground.web, folder) as front:
            hosts = tuple((host, f"127.0.0.1:{front.port}") for host, _ in sandbox.access.connect_to)
            ran = look(replace(sandbox.access, connect_to=hosts))
    return {"code": str(ran.code), "out": ran.out}, asked


def _stored(world: World, request: Request) -> Reply:
    answers = [each for each in (world.discovery, world.key_set) if isinstance(each, Response)]
    body = next(str(each.body) for each in answers if urlsplit(each.url).path == request.path)
    return Reply(200, {"Content-Type": "application/json"}, body.encode())


def through(serving: Serving, folder: Path, **environ: str) -> Mapping[str, set[str]]:
    """What a run of its own finds by the variables of a proxy, check by check."""
    environ = {**serving.environment, "NO_PROXY": "127.0.0.1", **environ}
    arguments = configured(serving, folder, connect_to={})
    ran = command(folder, *arguments, "--format=json", environ=environ)
    found: dict[str, set[str]] = defaultdict(set)
    for outcome in json.loads(ran.out)["outcomes"]:
        found[outcome["check"]].add(f"{outcome['status']}: {outcome['message']}")
    return found


def test_documents_and_certificates_are_read_through_the_proxys_connect(
    serving: Serving, tmp_path: Path
) -> None:
    with Relay(dict(serving.access.connect_to)) as relay:
        found = through(serving, tmp_path, HTTPS_PROXY=relay.url)
    assert found["discovery_document_is_public"] == {"holds: "}
    assert found["key_set_is_public"] == {"holds: "}
    (said,) = found["certificates_are_the_hosts_own"]
    assert said.startswith("broken: the proxy of HTTPS_PROXY answers for keystone-oidc-")
    (blocked,) = found["thumbprint_matches_where_used"]
    assert blocked.startswith("blocked: a proxy on the way replaced the certificates")
    (resolved,) = found["issuer_host_is_publicly_routable"]
    assert resolved == "not_applicable: the proxy of HTTPS_PROXY resolves its name"


def test_a_proxy_that_is_not_there_is_named(serving: Serving, tmp_path: Path) -> None:
    found = through(serving, tmp_path, HTTPS_PROXY=f"http://127.0.0.1:{closed_port()}")
    (said,) = found["discovery_document_is_public"]
    assert said.startswith("blocked: GET https://keystone-oidc-")
    assert "the proxy of HTTPS_PROXY did not connect us: Connection refused" in said


@pytest.mark.parametrize(
    ("spared", "proxy"),
    [
        ("", "http://proxy.example:3128"),
        ("example.com", "http://proxy.example:3128"),
        ("amazonaws.com", ""),
        (".amazonaws.com", ""),
        ("example.com, issuer.s3.amazonaws.com", ""),
        ("*", ""),
    ],
)
def test_a_host_that_no_proxy_spares_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, spared: str, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", spared)
    assert proxy_for("issuer.s3.amazonaws.com", 443, Access("here")) == proxy


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_host_of_ipv6_alone_is_read() -> None:
    ground = Ground.make()
    with ipv6(ground) as port:
        access = Access("test", connect_to=((HOST, f"[::1]:{port}"),))
        answer, served_chain = fetch(f"https://{HOST}/keys", access), chain(HOST, access)
    assert isinstance(answer, Response)
    assert answer.status == 200
    assert isinstance(served_chain, Chain)
    assert served_chain.certificates[0].sha1 != ""


@contextmanager
def ipv6(ground: Ground) -> Iterator[int]:
    """A host that answers every GET with an empty object, over TLS on ::1; gives its port."""

    class Host(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with Host(("::1", 0), Handler) as host:
        host.socket = server_context(ground.web).wrap_socket(host.socket, server_side=True)
        thread = Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield host.server_address[1]
        finally:
            host.shutdown()
            thread.join()


IDENTITY = b"""\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::111122223333:user/engineer</Arn><UserId>A</UserId><Account>111122223333</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


@pytest.mark.parametrize("known", [True, False])
def test_an_authority_of_ones_own_between_here_and_aws_is_known_by_its_bundle(
    serving: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    ground = Ground.make()
    (tmp_path / "bundle.pem").write_bytes(ground.root_pem)
    if known:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "bundle.pem"))
    with answering(lambda _: Reply(200, {"Content-Type": "text/xml"}, IDENTITY), ground.api, tmp_path) as aws:
        access = replace(serving.access, aws_endpoint=f"https://127.0.0.1:{aws.port}")
        caller = gather(access, frozenset({"caller"})).caller
    if known:
        assert caller == Caller("arn:aws:iam::111122223333:user/engineer", "111122223333", access.region)
    else:
        assert isinstance(caller, Missing)
        assert "check AWS_CA_BUNDLE" in caller.because
