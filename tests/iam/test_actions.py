from hypothesis import given
from hypothesis import strategies as st

from keystone_check.iam import elements
from keystone_check.iam.actions import Actions
from tests.iam.builders import policy, request, statement

ENTRIES = st.sampled_from(
    ["s3:GetObject", "s3:get*", "S3:*", "*", "iam:PassRole", "s*:Put*", "*:GetObject", "s3:Get?bject"]
)
NAMES = st.sampled_from(
    ["s3:GetObject", "S3:GETOBJECT", "s3:PutObject", "iam:PassRole", "sns:PutX", "s3", ""]
)
BODIES = st.lists(
    st.tuples(st.sampled_from(["Action", "NotAction"]), st.lists(ENTRIES, min_size=1, max_size=3)),
    min_size=1,
    max_size=5,
)


@given(BODIES, NAMES)
def test_the_table_finds_the_statements_whose_action_matches(
    bodies: list[tuple[str, list[str]]], name: str
) -> None:
    written = [
        {key: value for key, value in {**statement(), "Action": None, element: entries}.items() if value}
        for element, entries in bodies
    ]
    statements = policy(*written).statements
    expected = [n for n, each in enumerate(statements) if elements.action(each, request(action=name))]
    assert list(Actions(statements).about(name)) == expected
