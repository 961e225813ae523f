"""TokenReview, SelfSubjectReview and SelfSubjectAccessReview."""

from tests.reality.asking import ACCESS, KEYS, STS, Case, may, may_resource, mint, post, review, who

CASES = (
    Case(
        "token_review",
        "A token of ours, for its audiences and for others.",
        (
            mint(),
            review(),
            review(audiences=[STS]),
            review(audiences=["k3s"]),
            review(audiences=["k3s", STS]),
        ),
    ),
    Case(
        "token_review_for_sts",
        "A token for STS is one only where STS is asked for.",
        (mint(audiences=[STS]), review(), review(audiences=[STS]), review(audiences=[STS, "k3s"])),
    ),
    Case(
        "token_review_refused",
        "What is no token, and who may not ask.",
        (
            review("not-a-token"),
            review(""),
            review("a.b.c"),
            review("not-a-token", "stranger"),
            review("not-a-token", "nobody"),
        ),
    ),
    Case(
        "self_subject_review",
        "Who asks.",
        (who("admin"), who("stranger"), who("nobody"), mint(), who("<token>")),
    ),
    Case(
        "self_subject_access_review",
        "What the asker may do, and by which binding.",
        (
            may_resource("admin", "create", "serviceaccounts", subresource="token"),
            may_resource("stranger", "create", "serviceaccounts", subresource="token"),
            may_resource("stranger", "create", "selfsubjectreviews", group="authentication.k8s.io"),
            may_resource("nobody", "get", "pods"),
            mint(),
            may("<token>", nonResourceAttributes={"verb": "get", "path": KEYS}),
            may("<token>", nonResourceAttributes={"verb": "get", "path": "/metrics"}),
            may_resource("<token>", "get", "pods"),
        ),
    ),
    Case(
        "self_subject_access_review_bodies",
        "Bodies that ask nothing.",
        (
            may("admin"),
            post(f"{ACCESS}/selfsubjectaccessreviews", {}),
            may(
                "admin",
                resourceAttributes={"verb": "get"},
                nonResourceAttributes={"verb": "get", "path": "/"},
            ),
        ),
    ),
)
