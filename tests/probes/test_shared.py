"""What several clusters read of one account is asked once; what nobody answered is asked again."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from keystone_check.model.access import Access
from keystone_check.probes import rights
from keystone_check.probes.aws import Aws
from keystone_check.probes.clocks import Heard
from keystone_check.probes.refusals import ReadError
from keystone_check.probes.shared import Shared
from tests.probes.conftest import in_aws
from tests.probes.servers import Reply, Request

CALLER = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/me</Arn>"
    "<UserId>me</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
DATE = "Fri, 15 Jan 2027 08:00:00 GMT"
AT = 1_800_000_000


class Iam:
    """Answers in turn with these; what is asked is counted."""

    def __init__(self, plain: Any, *answers: Reply) -> None:
        self.asked: list[bytes] = []
        self._answers = list(answers)
        self.access = in_aws(f"http://127.0.0.1:{plain(self._answer).port}")

    def _answer(self, request: Request) -> Reply:
        self.asked.append(request.body)
        return self._answers.pop(0)


def reply(status: int, body: str) -> Reply:
    return Reply(status, {"content-type": "text/xml", "date": DATE}, body.encode())


def refused(code: str, status: int = 403) -> Reply:
    return reply(
        status, f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    )


LISTED = reply(
    200,
    "<ListOpenIDConnectProvidersResponse><ListOpenIDConnectProvidersResult/></ListOpenIDConnectProvidersResponse>",
)


def ask(access: Access, shared: Shared) -> dict[str, Any]:
    return Aws(access, shared=shared).ask(rights.LIST_PROVIDERS)


def test_two_clusters_get_one_answer(plain: Any) -> None:
    iam, shared = Iam(plain, LISTED), Shared()
    first, second = ask(iam.access, shared), ask(replace(iam.access, name="other"), shared)
    assert first is second
    assert len(iam.asked) == 1


def test_another_profile_asks_for_itself(plain: Any) -> None:
    iam, shared = Iam(plain, LISTED, LISTED), Shared()
    ask(iam.access, shared)
    ask(replace(iam.access, aws_credentials=in_aws("").aws_credentials), shared)
    assert len(iam.asked) == 2


def test_another_question_is_asked(plain: Any) -> None:
    iam, shared = Iam(plain, refused("NoSuchEntity", 404), refused("NoSuchEntity", 404)), Shared()
    for name in ("a", "b", "a"):
        with pytest.raises(ReadError, match="NoSuchEntity"):
            Aws(iam.access, shared=shared).ask(rights.GET_ROLE, RoleName=name)
    assert len(iam.asked) == 2


def test_a_refusal_is_the_same_for_all(plain: Any) -> None:
    iam, shared = Iam(plain, refused("AccessDenied")), Shared()
    for _ in range(2):
        with pytest.raises(ReadError) as error:
            ask(iam.access, shared)
        assert error.value.permission == "iam:ListOpenIDConnectProviders"
    assert len(iam.asked) == 1


def test_what_was_throttled_is_tried_again_by_the_next(plain: Any) -> None:
    iam, shared = Iam(plain, *[refused("Throttling", 400)] * 3, LISTED), Shared()
    with pytest.raises(ReadError, match="Throttling"):
        ask(iam.access, shared)
    assert ask(iam.access, shared)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_an_answer_that_is_kept_does_not_make_the_clock_late(plain: Any) -> None:
    iam, shared = Iam(plain, reply(200, CALLER)), Shared()
    skews = []
    for now in (AT, AT + 600):
        heard = Heard(partial(float, now))
        caller = Aws(iam.access, heard=heard, shared=shared).caller()
        skews.append(heard.clocks(None, caller).aws)
    assert skews[0] == skews[1]
    assert len(iam.asked) == 1


def page(marker: str) -> Reply:
    more = f"<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>" if marker else ""
    return reply(
        200, f"<ListRolesResponse><ListRolesResult><Roles/>{more}</ListRolesResult></ListRolesResponse>"
    )


def test_nobody_waits_between_pages_that_are_there(plain: Any) -> None:
    iam, shared, paused = Iam(plain, page("two"), page("")), Shared(), []

    def pause() -> bool:
        paused.append(1)
        return True

    for _ in range(3):
        pages = Aws(iam.access, shared=shared).pages(
            rights.LIST_ROLES, "Marker", lambda it: it["Roles"], pause
        )
        assert list(pages) == []
    assert (len(iam.asked), len(paused)) == (2, 1)
