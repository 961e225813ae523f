"""Reviews of what somebody else may do."""

from dataclasses import replace

from keystone_check.sandbox.kube.state import KubeState
from tests.sandbox.kube.conftest import asker

ACCESS_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
KEY_SET = {"path": "/openid/v1/jwks", "verb": "get"}


def test_service_accounts_may_read_the_key_set_until_nobody_binds_them_to_it(state: KubeState) -> None:
    spec = {"groups": ["system:serviceaccounts"], "nonResourceAttributes": KEY_SET}
    status, review = asker(state).ask("POST", ACCESS_REVIEWS, {"spec": spec})
    assert (status, review["status"]["allowed"]) == (201, True)
    assert "system:service-account-issuer-discovery" in review["status"]["reason"]
    closed = replace(state, closed=("/openid/v1/jwks",))
    _, review = asker(closed).ask("POST", ACCESS_REVIEWS, {"spec": spec})
    assert review["status"] == {"allowed": False}


def test_a_review_of_nobodys_access_is_refused(state: KubeState) -> None:
    status, answer = asker(state).ask("POST", ACCESS_REVIEWS, {"spec": {"nonResourceAttributes": KEY_SET}})
    assert status == 422
    assert "at least one of user or group must be specified" in answer["message"]
