"""The anonymous GET, against real servers."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from keystone_check.model.access import Access
from keystone_check.model.facts import Missing
from keystone_check.model.web import Response
from keystone_check.probes.answer import BODY_LIMIT
from keystone_check.probes.limits import NO_WAY, SLOW
from keystone_check.probes.web import fetch
from keystone_check.sandbox.ground import Ground
from tests.probes.conftest import HOST, towards
from tests.probes.servers import Answer, Reply, Reset, Server, Silence, serving

URL = f"https://{HOST}/cluster/.well-known/openid-configuration"
Start = Callable[[Answer], Server]


def seen(answer: Response | Missing) -> Response:
    assert isinstance(answer, Response)
    return answer


def gap(answer: object) -> Missing:
    assert isinstance(answer, Missing)
    return answer


def test_an_answer_is_kept_with_its_telling_headers_only(web: Start) -> None:
    body = json.dumps({"issuer": f"https://{HOST}"}).encode()
    headers = {"Content-Type": "application/json", "Age": "3", "Cache-Control": "max-age=60", "ETag": "x"}
    server = web(lambda _: Reply(200, headers, body))
    assert fetch(URL, replace(towards(server), server_timing=True)) == Response(
        url=URL,
        status=200,
        headers=(("age", "3"), ("cache-control", "max-age=60"), ("content-type", "application/json")),
        body=body.decode(),
        size=len(body),
    )


def test_the_server_is_asked_as_a_stranger_for_the_real_host(web: Start) -> None:
    server = web(lambda _: Reply())
    fetch(f"{URL}?a=b", towards(server))
    (request,) = server.asked
    assert (request.method, request.path) == ("GET", "/cluster/.well-known/openid-configuration?a=b")
    assert request.headers["host"] == HOST
    assert "authorization" not in request.headers
    assert "cookie" not in request.headers


@pytest.mark.parametrize("status", [403, 404, 418])
def test_a_refusal_is_an_answer(web: Start, status: int) -> None:
    server = web(lambda _: Reply(status, {}, b"<html>no</html>"))
    answer = seen(fetch(URL, towards(server)))
    assert (answer.status, answer.body, answer.attempts) == (status, "<html>no</html>", 1)


def test_a_document_that_redirects_to_itself_is_asked_once(web: Start) -> None:
    server = web(lambda _: Reply(302, {"Location": URL}))
    answer = seen(fetch(URL, towards(server)))
    assert (answer.status, answer.header("location")) == (302, URL)
    assert len(server.asked) == 1


def test_html_is_text_like_any_other(web: Start) -> None:
    server = web(lambda _: Reply(200, {"Content-Type": "text/html"}, b"<!doctype html>"))
    assert seen(fetch(URL, towards(server))).body == "<!doctype html>"


def test_a_body_that_is_not_utf8_is_missing_and_the_answer_is_not(web: Start) -> None:
    server = web(lambda _: Reply(200, {}, b"{\xff}"))
    answer = seen(fetch(URL, towards(server)))
    assert answer.status == 200
    assert gap(answer.body).because == f"the body of {URL} is not UTF-8: byte 0xff at position 1"


def test_ten_megabytes_are_not_read_to_their_end(web: Start) -> None:
    server = web(lambda _: Reply(200, {}, b"x" * 10_000_000))
    answer = seen(fetch(URL, towards(server)))
    assert "larger than 1048576 bytes" in gap(answer.body).because
    assert answer.size == BODY_LIMIT + 1


def test_a_body_of_exactly_the_limit_is_whole(web: Start) -> None:
    server = web(lambda _: Reply(200, {}, b"x" * BODY_LIMIT))
    assert seen(fetch(URL, towards(server))).body == "x" * BODY_LIMIT


def test_a_timeout_names_address_and_limit(web: Start) -> None:
    server = web(lambda _: Silence())
    missing = gap(fetch(URL, towards(server, request_seconds=0.2)))
    assert missing.because == f"GET {URL}: no answer within 0.2 s; {SLOW}"
    assert len(server.asked) == 1


def test_a_handshake_that_does_not_come_is_told_from_an_answer_that_does_not(
    ground: Ground, tmp_path: Path
) -> None:
    with serving(lambda _: Reply(), ground.web, tmp_path, busy_seconds=5) as server:
        missing = gap(fetch(URL, towards(server, request_seconds=5)))
    assert missing.because == f"GET {URL}: no TLS handshake within 3.8 s; {SLOW}"


@pytest.mark.parametrize("first", [Reset(), Reply(429), Reply(500), Reply(502), Reply(503), Reply(504)])
def test_what_is_plainly_transient_is_asked_again_and_shown(web: Start, first: Reply | Reset) -> None:
    tries = count()
    server = web(lambda _: first if next(tries) == 0 else Reply(200, {}, b"{}"))
    answer = seen(fetch(URL, towards(server)))
    assert (answer.status, answer.attempts) == (200, 2)


def test_the_third_transient_answer_stands(web: Start) -> None:
    server = web(lambda _: Reply(503))
    answer = seen(fetch(URL, towards(server)))
    assert (answer.status, answer.attempts, len(server.asked)) == (503, 3, 3)


def test_a_connection_that_always_breaks_is_missing_after_three_tries(web: Start) -> None:
    server = web(lambda _: Reset())
    missing = gap(fetch(URL, towards(server)))
    assert missing.because.startswith(f"GET {URL}: the connection was broken off")
    assert missing.because.endswith("3 times")
    assert len(server.asked) == 3


def test_a_port_that_nobody_listens_on_is_said_at_once(plain: Start, unused_port: int) -> None:
    access = Access("test", connect_to=((HOST, f"127.0.0.1:{unused_port}"),))
    assert gap(fetch(URL, access)).because == f"GET {URL}: no connection: Connection refused; {NO_WAY}"


def test_a_server_that_speaks_no_tls_is_said_so(plain: Start) -> None:
    server = plain(lambda _: Reply())
    assert gap(fetch(URL, towards(server))).because.startswith(f"GET {URL}: no TLS connection: ")


@pytest.mark.parametrize(
    ("url", "because"),
    [
        ("https://10.0.0.5:6443/openid/v1/jwks", "its host 10.0.0.5 is an IP address"),
        ("https://[::1]/openid/v1/jwks", "its host ::1 is an IP address"),
        ("https://kubernetes.default.svc.cluster.local/x", "which the public internet does not know"),
        ("https://localhost/x", "has no dot"),
        ("http://oidc.keystone.example/x", "it is not an https URL"),
        ("keys.json", "it has no https://"),
        ("https:///x", "it names no host"),
        ("https://[x/", "it is not a URL"),
        ("https://oidc.keystone.org:port/", "it is not a URL"),
    ],
)
def test_what_no_stranger_can_reach_is_not_asked(url: str, because: str) -> None:
    missing = gap(fetch(url, Access("test")))
    assert because in missing.because
    assert missing.because.endswith("it was not asked")


def test_a_proxy_of_the_environment_is_used(
    plain: Start, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    proxy = plain(lambda _: Reply(502))
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pass@127.0.0.1:{proxy.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    missing = gap(fetch("https://oidc.keystone.example/x", Access("test")))
    assert "the proxy of HTTPS_PROXY did not connect us" in missing.because
    assert "pass" not in missing.because
    assert [(request.method, request.path) for request in proxy.asked] == [("CONNECT", f"{HOST}:443")]
