"""Whatever is sent to the AWS door, it answers in XML and never breaks."""

from functools import cache
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from keystone_check.sandbox.aws.server import Application
from tests.sandbox.aws.desk import Case, Desk

FORM = "application/x-www-form-urlencoded"


@cache
def desk() -> Desk:
    return Desk()


@cache
def door() -> Client:
    """The application itself: what it raises, the client raises."""
    return Client(Application(desk().account, desk().sts(Case())))


def told(answer: TestResponse) -> str:
    """The code of the answer, or its root where it is none of error."""
    root = fromstring(answer.get_data())
    code = next((one.text or "" for one in root.iter() if one.tag.endswith("Code")), "")
    return code or root.tag.rpartition("}")[2]


def sound(answer: TestResponse) -> bool:
    """A 500 is only ever said of what the law leaves open."""
    return told(answer) == "InternalFailure" if answer.status_code >= 500 else bool(told(answer))


ACTIONS = st.sampled_from(["AssumeRoleWithWebIdentity", "GetCallerIdentity", "AssumeRole", "ListRoles", ""])
PARAMETERS = [
    "RoleArn",
    "RoleSessionName",
    "WebIdentityToken",
    "DurationSeconds",
    "ProviderId",
    "Version",
    "Policy",
]
GOOD = {
    "RoleArn": "arn:aws:iam::111122223333:role/api",
    "RoleSessionName": "test",
    "DurationSeconds": "3600",
}


@st.composite
def forms(draw: st.DrawFn) -> dict[str, str]:
    """The honest form with some parameters random, some missing, some added."""
    form = {"Action": draw(ACTIONS), **desk().form(Case()), **GOOD}
    for name in draw(st.sets(st.sampled_from(PARAMETERS))):
        form[name] = draw(st.text() | st.integers().map(str) | st.sampled_from(sorted(GOOD.values())))
    for name in draw(st.sets(st.sampled_from(PARAMETERS))):
        form.pop(name, None)
    return form | draw(st.dictionaries(st.text(), st.text(), max_size=2))


@given(forms(), st.sampled_from(["POST", "GET"]))
def test_no_form_breaks_the_door(form: dict[str, str], method: str) -> None:
    if method == "POST":
        assert sound(door().post("/", data=form, content_type=FORM))
    else:
        assert sound(door().get("/", query_string=form))


@given(st.binary(), st.sampled_from([FORM, f"{FORM}; charset=utf-16", "multipart/form-data", "", "a/b; c"]))
def test_no_body_breaks_the_door(body: bytes, content_type: str) -> None:
    assert sound(
        door().post("/", data=b"Action=AssumeRoleWithWebIdentity&" + body, content_type=content_type)
    )
    assert sound(door().post("/", data=body, content_type=content_type))


@given(st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"])), ACTIONS)
def test_no_signature_breaks_the_door(authorization: str, action: str) -> None:
    headers = {"Authorization": authorization}
    assert sound(door().post("/", data={"Action": action}, content_type=FORM, headers=headers))


@pytest.mark.parametrize(
    "body", [b"Action=AssumeRoleWithWebIdentity&RoleArn=%ff%fe", b"Action=\xff", b"%", b"\xff" * 9]
)
def test_a_body_that_is_not_utf_8_is_refused(body: bytes) -> None:
    answer = door().post("/", data=body, content_type=FORM)
    assert 400 <= answer.status_code < 500


def test_the_account_s_public_access_cannot_be_changed_without_a_signature() -> None:
    answer = door().put("/v20180820/configuration/publicAccessBlock", data=b"<a/>")
    assert (answer.status_code, told(answer)) == (403, "AccessDenied")


def signed(key: str) -> dict[str, str]:
    scope = f"Credential={key}/20261124/eu-central-1/sts/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}


@pytest.mark.parametrize("action", ["Fly", "assumerole", "", "__init__", "callback"])
def test_an_action_that_sts_does_not_have_is_refused(action: str) -> None:
    key = desk().account.credentials.access_key_id.reveal()
    form = {"Action": action, "Version": "2011-06-15"}
    answer = door().post("/", data=form, content_type=FORM, headers=signed(key))
    assert (answer.status_code, told(answer)) == (400, "InvalidAction")
