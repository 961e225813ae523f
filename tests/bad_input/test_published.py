"""What is published is not what it should be: said in a sentence, and the rest is judged all the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from keystone_check.model.facts import Missing
from keystone_check.model.web import Response
from keystone_check.model.world import World
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.serve import Serving
from tests.bad_input.looking import FORMATS, judged, look, served
from tests.probes.servers import Reply, Request, serving

HTML = Response("", 200, (("content-type", "text/html"),), "<!DOCTYPE html><html>Sign in</html>", 30)
BYTES = Missing("body", "these bytes are no text")
BAD = {
    "HTML": (HTML, "it is an HTML page"),
    "10 MB": (replace(HTML, body=BYTES, size=10_000_000), "is larger than 1048576 bytes"),
    "not UTF-8": (replace(HTML, body=BYTES, size=9), "is not UTF-8: byte 0xff at position 0"),
    "empty": (replace(HTML, body="", size=0), "it is empty"),
    "a list": (replace(HTML, body="[]"), "it is an empty list"),
    "deep": (replace(HTML, body="[" * 100_000), "it is nested too deeply"),
    "half of it": (replace(HTML, body='{"issuer": "https:'), "it is not JSON"),
    "numbers": (replace(HTML, body='{"issuer": 1, "keys": 2}'), "it has no"),
    "an outage": (replace(HTML, status=503, body=""), "503"),
}
NOT_ON_THEM = {
    "issuer_is_accepted_by_aws", "tokens_name_the_issuer", "policy_opens_exactly_the_documents",
    "public_access_block_permits_the_policy", "audience_is_registered", "provider_exists",
    "thumbprint_matches_where_used", "role_arn_is_well_formed", "role_exists", "trust_names_the_provider",
    "trust_pins_the_audience", "trust_pins_the_subject",
}  # fmt: skip
"""Checks that do not need the published documents."""


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("document", ["discovery", "key_set"])
def test_a_bad_document_is_broken_and_every_other_check_is_judged(document: str, bad: str) -> None:
    answer, said = BAD[bad]
    with served({document: answer}) as serving:
        found = judged(serving.access)
    check = "key_set_is_public" if document == "key_set" else "discovery_document_is_public"
    assert found.code == 1
    assert found.statuses[check] == {"broken"}
    assert found.says(said)
    assert found.checks("holds") >= NOT_ON_THEM


@pytest.mark.parametrize("form", FORMATS)
def test_the_exit_code_is_the_same_in_every_format(form: str, html: Serving) -> None:
    assert look(html.access, "--format", form).code == 1


def test_the_report_ends_with_the_command_to_type_next(html: Serving) -> None:
    last = look(html.access).out.rpartition("next: ")[2]
    assert last == "keystone-check --explain discovery_document_is_public"


@pytest.fixture(scope="module")
def html() -> Iterator[Serving]:
    with served({"discovery": HTML}) as each:
        yield each


@pytest.mark.parametrize("document", ["discovery", "key_set"])
def test_a_redirect_to_itself_is_named_and_not_followed(document: str) -> None:
    with served({document: replace(HTML, status=301, body="", headers=(("location", ""),))}) as serving:
        found = judged(serving.access)
        address = getattr(serving.world, document).url
    assert found.code == 1
    assert found.says(f"301 to {address}, which is not followed")
    assert found.checks("holds") >= NOT_ON_THEM


def test_an_outage_that_passes_is_shown_and_its_check_holds(tmp_path: Path) -> None:
    ground = Ground.make()
    asked: list[str] = []

    with served(ground=ground) as sandbox:

        def answer(request: Request) -> Reply:
            asked.append(request.path)
            return Reply(503) if asked.count(request.path) == 1 else _published(sandbox.world, request.path)

        with serving(answer, ground.web, tmp_path) as front:
            hosts = tuple((host, f"127.0.0.1:{front.port}") for host, _ in sandbox.access.connect_to)
            ran = look(replace(sandbox.access, connect_to=hosts))
    assert ran.code == 0
    assert "Every link holds" in ran.out
    for path in ("/.well-known/openid-configuration", "/openid/v1/jwks"):
        assert asked.count(path) == 2
        assert f"{path} answered at the 2nd try" in ran.out


def _published(world: World, path: str) -> Reply:
    answers = (world.discovery, world.key_set)
    bodies = {urlsplit(each.url).path: each.body for each in answers if isinstance(each, Response)}
    return Reply(200, {"Content-Type": "application/json"}, str(bodies[path]).encode())
