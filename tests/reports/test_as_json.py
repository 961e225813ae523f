"""The report for machines."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from keystone_check.model.finding import Status
from keystone_check.reports.as_json import render
from keystone_check.reports.schema import schema
from keystone_check.reports.shapes import SCHEMA
from tests.reports import build


def printed(**kinds: Any) -> Any:
    return read(render(build.report(*build.FINDINGS.values(), **kinds)))


def read(text: str) -> Any:
    """The report, which the published schema describes to the last field."""
    document = json.loads(text)
    Draft202012Validator(schema(closed=True)).validate(document)
    return document


def test_the_object_is_versioned_and_says_who_asked() -> None:
    document = printed()
    assert (document["schema"], document["keystone_check"], document["name"]) == (SCHEMA, "1.2.3", "prod")
    assert document["cluster"] == {
        "missing": None,
        "server": "https://10.0.0.5:6443",
        "version": "v1.36.3+k3s1",
        "user": "system:admin",
    }
    assert document["caller"]["account"] == "111122223333"
    assert document["issuer"]["url"] == build.ISSUER


def test_every_outcome_is_there_with_its_id_and_link() -> None:
    outcomes = printed()["outcomes"]
    assert [item["status"] for item in outcomes] == [status.value for status in build.FINDINGS]
    assert {(item["check"], item["link"]) for item in outcomes} == {("audience_is_registered", "provider")}


def test_the_summary_counts_every_status() -> None:
    document = printed()
    assert document["summary"] == dict.fromkeys((status.value for status in Status), 1)
    assert (document["verdict"], document["exit_code"]) == ("crashed", 4)


def test_a_finding_carries_its_evidence_and_its_repair_as_data() -> None:
    (item,) = read(render(build.report(build.defect(build.repair()))))["outcomes"]
    assert item["evidence"] == {
        "source": "iam:GetOpenIDConnectProvider",
        "expected": "sts.amazonaws.com",
        "seen": "foo",
    }
    assert item["repair"]["safety"] == "safe"
    assert item["repair"]["changes"] == [
        {
            "kind": "SetClientIds",
            "provider_arn": build.PROVIDER,
            "before": ["foo"],
            "after": ["foo", "sts.amazonaws.com"],
        }
    ]


def test_the_headline_is_the_first_broken_outcome_or_null() -> None:
    assert printed()["headline"]["status"] == "broken"
    assert read(render(build.report(build.FINDINGS[Status.HOLDS])))["headline"] is None


@pytest.mark.parametrize("value", ["\x1b[2J", "\x7f", "\u202e", "é\n"])
def test_values_come_back_as_they_were_and_the_text_is_plain_ascii(value: str) -> None:
    text = render(build.report(build.defect(seen=value)))
    assert read(text)["outcomes"][0]["evidence"]["seen"] == value
    assert all(char == "\n" or " " <= char <= "~" for char in text)
