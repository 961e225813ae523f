"""Damaged tokens, key sets and documents: every one is answered, and none is granted what it should not be.

`python -m benchmarks.damaged_tokens` does the same for 100,000 and measures each answer.
"""

import pytest

from keystone_check.iam.sts import Granted, Refused, Undecided
from tests.iam.exchanges import ROLE
from tests.iam.trusts import AUDIENCE, PROVIDER, SUBJECT
from tests.mutations import damaged, judged


@pytest.mark.parametrize("thousand", range(3))
def test_every_damage_is_answered_and_grants_nothing_to_others(thousand: int) -> None:
    answers = [judged(*damaged(seed)) for seed in range(1000 * thousand, 1000 * (thousand + 1))]
    granted = [answer for answer in answers if isinstance(answer, Granted)]
    for answer in granted:
        assert (answer.role_arn, answer.provider_arn, answer.subject) == (ROLE, PROVIDER, SUBJECT)
        assert answer.audience == AUDIENCE
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert all(reason.cause and reason.message for answer in refused for reason in answer.reasons)
    undecided = [answer for answer in answers if isinstance(answer, Undecided)]
    assert all(answer.because for answer in undecided)
    assert len(granted) + len(refused) + len(undecided) == 1000
    assert len(refused) > 500
