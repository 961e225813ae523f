from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam.evaluate import Allowed, Decision, Denied, Undecided, decide
from keystone_check.iam.language import PolicyKind
from keystone_check.iam.policy import read
from tests.iam.builders import policy, request, statement

UNKNOWN_CONDITION = {"StringEquals": {"aws:who": "me"}}
ASKED = request(unknown=("aws:*",))
bodies = st.builds(
    statement,
    effect=st.sampled_from(["Allow", "Deny"]),
    Action=st.sampled_from(["s3:GetObject", "s3:*", "s3:Put*", ["s3:List*", "s3:Get*"]]),
    Resource=st.sampled_from(["*", "arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]),
    Condition=st.sampled_from(
        [{}, UNKNOWN_CONDITION, {"StringEquals": {"s3:x": "1"}}, {"Null": {"s3:x": "true"}}]
    ),
)


def ask(*statements: dict[str, object]) -> Decision:
    return decide((policy(*statements),), ASKED)


def kind(decision: Decision) -> type[Decision]:
    return type(decision)


def test_nothing_allows_without_a_statement_that_does() -> None:
    assert ask(statement(Action="s3:PutObject")) == Denied(None)


def test_an_explicit_deny_wins_over_an_allow() -> None:
    decision = ask(statement(), statement("Deny", Sid="No"))
    assert isinstance(decision, Denied)
    assert decision.statement is not None
    assert decision.because == 'Statement[1] "No" denies it'


def test_an_allow_that_depends_on_what_nobody_knows_is_undecided() -> None:
    decision = ask(statement(Condition=UNKNOWN_CONDITION))
    assert decision == Undecided(("the value of aws:who is not known here",))


def test_a_deny_that_depends_on_what_nobody_knows_leaves_an_allow_undecided() -> None:
    assert isinstance(ask(statement(), statement("Deny", Condition=UNKNOWN_CONDITION)), Undecided)


def test_a_deny_that_nobody_knows_changes_nothing_where_nothing_allows() -> None:
    assert ask(statement("Deny", Condition=UNKNOWN_CONDITION)) == Denied(None)


def test_a_policy_that_cannot_be_read_leaves_all_open_but_an_explicit_deny() -> None:
    broken = read("{}", PolicyKind.IDENTITY)
    assert isinstance(decide((policy(statement()), broken), ASKED), Undecided)
    assert isinstance(decide((policy(statement("Deny")), broken), ASKED), Denied)


def test_a_boundary_has_to_allow_as_well() -> None:
    granted = policy(statement())
    narrow = policy(statement(Action="s3:Put*"), kind=PolicyKind.BOUNDARY)
    wide = policy(statement(Action="s3:*"), kind=PolicyKind.BOUNDARY)
    assert decide((granted, narrow), ASKED) == Denied(None)
    assert isinstance(decide((granted, wide), ASKED), Allowed)
    assert decide((wide,), ASKED) == Denied(None)


def test_a_denial_tells_the_nearest_statement() -> None:
    decision = ask(
        statement(Action="s3:PutObject", Sid="Far", Resource="arn:aws:s3:::c/*"),
        statement(Sid="Near", Condition={"StringEquals": {"s3:x": "1"}}),
    )
    assert isinstance(decision, Denied)
    assert [miss.statement.sid for miss in decision.misses] == ["Near", "Far"]
    assert 'Condition StringEquals s3:x expects "1", the request has no such key' in decision.because


@given(st.lists(bodies, min_size=1, max_size=5), bodies)
def test_adding_a_deny_never_allows(before: list[dict[str, object]], more: dict[str, object]) -> None:
    if not isinstance(ask(*before), Allowed):
        assert not isinstance(ask(*before, {**more, "Effect": "Deny"}), Allowed)


@given(st.lists(bodies, min_size=1, max_size=5), bodies)
def test_adding_an_allow_never_denies(before: list[dict[str, object]], more: dict[str, object]) -> None:
    if isinstance(ask(*before), Allowed):
        assert isinstance(ask(*before, {**more, "Effect": "Allow"}), Allowed)


@given(st.lists(bodies, min_size=1, max_size=5))
def test_the_order_of_statements_never_matters(before: list[dict[str, object]]) -> None:
    assert kind(ask(*before)) is kind(ask(*reversed(before)))


@given(st.lists(bodies, max_size=5))
def test_what_is_undecided_never_hides_an_explicit_deny(before: list[dict[str, object]]) -> None:
    decision = ask(*before, statement("Deny"))
    assert isinstance(decision, Denied)
    assert decision.statement is not None
