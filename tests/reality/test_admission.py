"""What a real API server makes of a mutating webhook: asked, trusted, out of reach, refusing."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.reality.admission import (
    CONFIGURATIONS,
    WEBHOOK,
    Endpoint,
    Handler,
    Reply,
    allowing,
    answering,
    registered,
    review,
    webhook,
)
from tests.reality.apiserver import ApiServer
from tests.reality.asking import PODS, pod
from tests.reality.certificates import Authority
from tests.reality.processes import free_port
from tests.reality.redaction import redacted
from tests.reality.wire import Answer, Json, ask

pytestmark = pytest.mark.reality
Place = Callable[[Path], AbstractContextManager[Endpoint]]
MARK = "keystone.example/seen"
CALL = 'failed calling webhook "pod-identity-webhook.amazonaws.com": failed to call webhook: '
POSTED = f'{CALL}Post "https://<address>/mutate?timeout=10s": '
UNVERIFIED = f"{POSTED}tls: failed to verify certificate: x509: "


def marked(value: Json) -> Json:
    """The pod with an annotation that says who saw it."""
    return value | {"metadata": value["metadata"] | {"annotations": {MARK: "yes"}}}


def probe(server: ApiServer, **labels: str) -> Answer:
    """A dry-run pod of the account `api`."""
    wanted = pod("probe", "api")
    wanted["metadata"]["labels"] = labels
    return ask(server, "POST", f"{PODS}?dryRun=All", wanted)


def was_seen(answer: Answer) -> bool:
    assert answer.status == 201
    return MARK in answer.body["metadata"].get("annotations", {})


@contextmanager
def another_authority(folder: Path) -> Iterator[Endpoint]:
    with answering(folder, allowing(marked)) as endpoint:
        yield replace(endpoint, bundle=Authority(folder, "another-ca").certificate.read_bytes())


@contextmanager
def no_bundle(folder: Path) -> Iterator[Endpoint]:
    with answering(folder, allowing(marked)) as endpoint:
        yield replace(endpoint, bundle=b"")


@contextmanager
def another_name(folder: Path) -> Iterator[Endpoint]:
    with answering(folder, allowing(marked), host="webhook.keystone.example") as endpoint:
        yield endpoint


@contextmanager
def expired(folder: Path) -> Iterator[Endpoint]:
    with answering(folder, allowing(marked), life=timedelta(hours=-1)) as endpoint:
        yield endpoint


@contextmanager
def down(folder: Path) -> Iterator[Endpoint]:
    yield Endpoint(
        f"https://127.0.0.1:{free_port()}/mutate", Authority(folder, "ca").certificate.read_bytes()
    )


def saying(handle: Handler) -> Place:
    def place(folder: Path) -> AbstractContextManager[Endpoint]:
        return answering(folder, handle)

    return place


def denying(request: Json) -> Reply:
    return review(request, allowed=False, status={"message": "no pods today"})


UNPARSED = "couldn't get version/kind; json parse error: json: cannot unmarshal bool into Go value of type"
FAILURES: dict[str, tuple[Place, str]] = {
    "another authority": (another_authority, f"{UNVERIFIED}certificate signed by unknown authority"),
    "no bundle": (no_bundle, f"{UNVERIFIED}certificate signed by unknown authority"),
    "another name": (
        another_name,
        f"{UNVERIFIED}cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs",
    ),
    "expired": (
        expired,
        f"{UNVERIFIED}certificate has expired or is not yet valid: current time <time> is after <time>",
    ),
    "down": (down, f"{POSTED}dial tcp <address>: connect: connection refused"),
    "a server error": (
        saying(lambda request: Reply(500, b"no")),
        f'{CALL}an error on the server ("unknown") has prevented the request from succeeding',
    ),
    "no JSON object": (saying(lambda request: Reply(200, b"false")), f"{CALL}{UNPARSED}"),
}


@pytest.fixture
def seeing(tmp_path: Path) -> Iterator[Endpoint]:
    with answering(tmp_path, allowing(marked)) as endpoint:
        yield endpoint


def test_a_dry_run_shows_what_the_webhook_made_of_the_pod_and_leaves_nothing(
    apiserver: ApiServer, seeing: Endpoint
) -> None:
    with registered(apiserver, webhook(seeing)):
        assert was_seen(probe(apiserver))
    assert ask(apiserver, "GET", f"{PODS}/probe").status == 404
    assert ask(apiserver, "GET", CONFIGURATIONS).body["items"] == []
    assert not was_seen(probe(apiserver))


@pytest.mark.parametrize("place", [place for place, _ in FAILURES.values()], ids=FAILURES)
def test_a_webhook_that_fails_and_may_leaves_the_pod_bare_without_a_warning(
    apiserver: ApiServer, tmp_path: Path, place: Place
) -> None:
    with place(tmp_path) as endpoint, registered(apiserver, webhook(endpoint)):
        answer = probe(apiserver)
        assert not was_seen(answer)
        assert "warning" not in answer.headers


@pytest.mark.parametrize(("place", "said"), FAILURES.values(), ids=FAILURES)
def test_a_webhook_that_fails_and_may_not_keeps_the_pod_out_and_says_why(
    apiserver: ApiServer, tmp_path: Path, place: Place, said: str
) -> None:
    with place(tmp_path) as endpoint, registered(apiserver, webhook(endpoint, failurePolicy="Fail")):
        answer = probe(apiserver)
    (cause,) = answer.body["details"]["causes"]
    assert (answer.status, answer.body["reason"]) == (500, "InternalError")
    assert answer.body["message"] == f"Internal error occurred: {cause['message']}"
    assert redacted(cause["message"]).startswith(said)


@pytest.mark.parametrize(("policy", "status"), [("Ignore", 201), ("Fail", 500)])
def test_a_webhook_that_takes_longer_than_its_timeout_has_failed(
    apiserver: ApiServer, tmp_path: Path, policy: str, status: int
) -> None:
    over = threading.Event()

    def waiting(request: Json) -> Reply:
        over.wait()
        return Reply(200, b"")

    with answering(tmp_path, waiting) as endpoint:
        try:
            with registered(apiserver, webhook(endpoint, timeoutSeconds=1, failurePolicy=policy)):
                answer = probe(apiserver)
        finally:
            over.set()
    assert answer.status == status
    said = redacted(answer.body.get("message", ""))
    assert ("context deadline exceeded" in said) is (policy == "Fail"), said


def test_a_denial_stands_whatever_the_failure_policy(apiserver: ApiServer, tmp_path: Path) -> None:
    with answering(tmp_path, denying) as endpoint, registered(apiserver, webhook(endpoint)):
        answer = probe(apiserver)
    assert (answer.status, answer.body["message"]) == (
        400,
        f'admission webhook "{WEBHOOK}" denied the request: no pods today',
    )


@pytest.mark.parametrize("effects", ["NoneOnDryRun", "None"])
def test_a_webhook_without_side_effects_is_asked_about_a_dry_run(
    apiserver: ApiServer, seeing: Endpoint, effects: str
) -> None:
    with registered(apiserver, webhook(seeing, sideEffects=effects)):
        assert was_seen(probe(apiserver))


def test_a_webhook_with_side_effects_cannot_be_registered(apiserver: ApiServer, seeing: Endpoint) -> None:
    configuration = {"metadata": {"name": "own"}, "webhooks": [webhook(seeing, sideEffects="Some")]}
    answer = ask(apiserver, "POST", CONFIGURATIONS, configuration)
    assert answer.status == 422
    assert 'webhooks[0].sideEffects: Unsupported value: "Some"' in answer.body["message"]


@pytest.mark.parametrize(
    ("selectors", "labels", "seen"),
    [
        ({}, {}, True),
        ({}, {"eks.amazonaws.com/skip-pod-identity-webhook": "false"}, False),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "keystone"}}}, {}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "empty"}}}, {}, False),
        ({"namespaceSelector": {"matchLabels": {"webhook": "on"}}}, {}, False),
        ({"objectSelector": {"matchLabels": {"app": "api"}}}, {}, False),
        ({"objectSelector": {"matchLabels": {"app": "api"}}}, {"app": "api"}, True),
    ],
)
def test_selectors_say_which_pods_a_webhook_is_asked_about(
    apiserver: ApiServer, seeing: Endpoint, selectors: Json, labels: dict[str, str], seen: bool
) -> None:
    with registered(apiserver, webhook(seeing, **selectors)):
        assert was_seen(probe(apiserver, **labels)) is seen


def test_a_pod_that_was_there_before_the_webhook_stays_as_it_is(
    apiserver: ApiServer, seeing: Endpoint
) -> None:
    with registered(apiserver, webhook(seeing)):
        there = ask(apiserver, "GET", f"{PODS}/api-0").body
    assert MARK not in there["metadata"].get("annotations", {})
