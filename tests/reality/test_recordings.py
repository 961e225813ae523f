"""The recordings under `fixtures/wire/kube/` are true, complete and hold no secret."""

import pytest

from tests.reality.apiserver import ApiServer
from tests.reality.asking import Case
from tests.reality.cases import CASES, INJECTIONS
from tests.reality.record import FOLDER, SECRETS, load, recording, rendered

NAMES = [case.name for case in (*CASES, *INJECTIONS)]


def test_every_case_has_its_recording_and_every_recording_its_case() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_holds_no_token_and_no_key(name: str) -> None:
    assert not SECRETS.search((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_a_recording_with_a_secret_is_not_written() -> None:
    with pytest.raises(AssertionError, match="the recording leaky holds a secret"):
        rendered({"case": "leaky", "exchanges": ["eyJhbGciOiJSUzI1NiJ9.e30.c2ln"]})


@pytest.mark.reality
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_recordings_are_what_the_server_says(apiserver: ApiServer, case: Case) -> None:
    assert recording(apiserver, case) == load(case.name)


@pytest.mark.reality
@pytest.mark.usefixtures("identity_webhook")
@pytest.mark.parametrize("case", INJECTIONS, ids=[case.name for case in INJECTIONS])
def test_recordings_are_what_the_pod_identity_webhook_makes_of_pods(apiserver: ApiServer, case: Case) -> None:
    assert recording(apiserver, case) == load(case.name)
