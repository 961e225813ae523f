"""The evaluator against the naive one, and the laws that no policy and no request may break.

100,000 questions: ten parts, in each 5,000 random sets of policies, two random requests for each. Every part
has a seed of its own: the same questions in every run, others with `KEYSTONE_SEED=n` in the environment.
"""

import ast
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from keystone_check.iam.evaluate import Decision, decide
from keystone_check.iam.explain import explain
from keystone_check.iam.language import Effect, PolicyKind
from keystone_check.iam.policy import Reading, read
from keystone_check.iam.request import Request
from tests.iam import naive
from tests.iam.random_policies import Dice, Question, pairs, questions, statement
from tests.iam.test_cases import named, request_of

SEED = int(os.environ.get("KEYSTONE_SEED", "0"))
PARTS, EACH = 10, 5_000
LAWS = 2_000


def proven(law: Callable[..., None], examples: int, number: int, **of: st.SearchStrategy[Any]) -> None:
    """Run a law on that many examples drawn with a seed of its own."""
    settled = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    seed(SEED + number)(settled(given(**of)(law)))()


def readings(question: Question) -> list[Reading]:
    return [read(text, PolicyKind(kind)) for kind, text in question.texts()]


def answer(question: Question) -> Decision:
    return decide(readings(question), request_of(question.asked))


def with_statement(question: Question, effect: str, data: bytes) -> Question:
    """The same question with one statement more in its first policy."""
    (kind, document), *others = question.policies
    written = document["Statement"]
    before = written if isinstance(written, list) else [written]
    more = {**statement(Dice(data), kind), "Effect": effect}
    changed = {**document, "Statement": [*before, more]}
    return Question(((kind, changed), *others), question.asked)


def turned(value: Any) -> Any:
    """Every list of a document in the opposite order."""
    if isinstance(value, dict):
        return {key: turned(inner) for key, inner in reversed(list(value.items()))}
    return [turned(inner) for inner in reversed(value)] if isinstance(value, list) else value


@pytest.mark.parametrize("part", range(PARTS))
def test_the_naive_evaluator_decides_the_same(part: int) -> None:
    def law(both: tuple[Question, Question]) -> None:
        read_once, texts = readings(both[0]), both[0].texts()
        for question in both:
            ours = named(decide(read_once, request_of(question.asked)))
            theirs = naive.decide(texts, question.asked)
            assert ours == theirs, json.dumps([question.policies, question.asked])

    proven(law, EACH, part, both=pairs)


def test_the_naive_evaluator_shares_nothing_with_ours() -> None:
    tree = ast.parse(Path(naive.__file__).read_text())
    whole = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    parts = {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in whole | parts} <= sys.stdlib_module_names


def test_all_four_decisions_are_common_among_the_questions() -> None:
    met: dict[str, int] = {}

    def law(question: Question) -> None:
        decision = named(answer(question))
        met[decision] = met.get(decision, 0) + 1

    proven(law, LAWS, PARTS, question=questions)
    assert set(met) == {"allow", "deny", "explicit deny", "undecided"}
    assert all(times > LAWS / 50 for times in met.values()), met


def test_adding_a_deny_never_allows() -> None:
    def law(question: Question, data: bytes) -> None:
        before = named(answer(question))
        after = named(answer(with_statement(question, "Deny", data)))
        assert after != "allow" or before == "allow"
        assert after == "explicit deny" or before != "explicit deny"

    proven(law, LAWS, 11, question=questions, data=st.binary(min_size=64, max_size=64))


def test_adding_an_allow_never_denies() -> None:
    def law(question: Question, data: bytes) -> None:
        before = named(answer(question))
        after = named(answer(with_statement(question, "Allow", data)))
        assert after == "allow" or before != "allow"
        assert (after == "explicit deny") == (before == "explicit deny")

    proven(law, LAWS, 12, question=questions, data=st.binary(min_size=64, max_size=64))


def test_the_order_of_statements_values_and_policies_never_matters() -> None:
    def law(question: Question) -> None:
        policies = tuple((kind, turned(document)) for kind, document in reversed(question.policies))
        asked = {**question.asked, "context": turned(question.asked["context"])}
        assert named(answer(question)) == named(answer(Question(policies, asked)))

    proven(law, LAWS, 13, question=questions)


def test_what_is_undecided_never_hides_an_explicit_deny() -> None:
    def law(question: Question) -> None:
        everything = {"Effect": "Deny", "Action": "*", "Resource": "*"}
        denial = {"Version": "2012-10-17", "Statement": everything}
        refused = Question((*question.policies, ("identity policy", denial)), question.asked)
        broken = read("{", PolicyKind.IDENTITY)
        assert named(answer(refused)) == "explicit deny"
        assert named(decide([broken, *readings(refused)], request_of(question.asked))) == "explicit deny"

    proven(law, LAWS, 14, question=questions)


def test_a_key_that_becomes_unknown_never_turns_one_answer_into_another() -> None:
    """Less knowledge may leave a question open, and never decides it otherwise."""

    def law(question: Question, data: bytes) -> None:
        context = dict(question.asked["context"])
        if not context:
            return
        hidden = Dice(data).pick(sorted(context))
        del context[hidden]
        asked = {**question.asked, "context": context, "unknown": [*question.asked["unknown"], hidden]}
        before, after = named(answer(question)), named(answer(Question(question.policies, asked)))
        assert after in (before, "undecided") or {before, after} == {"deny", "explicit deny"}, (before, after)

    proven(law, LAWS, 15, question=questions, data=st.binary(min_size=1, max_size=1))


def test_the_explanation_agrees_with_the_decision() -> None:
    """A statement applies when every part of its explanation matches, and not when one does not."""

    def law(question: Question) -> None:
        request = request_of(question.asked)
        policies = [reading.policy for reading in readings(question)]
        found = [applies(one, request) for policy in policies if policy for one in policy.statements]
        decision = named(answer(question))
        assert (decision == "explicit deny") == ((Effect.DENY, True) in found)
        if decision == "allow":
            assert (Effect.ALLOW, True) in found
            assert (Effect.DENY, None) not in found

    def applies(one: Any, request: Request) -> tuple[Effect, bool | None]:
        matched = [part.matched for part in explain(one, request)]
        verdict = False if False in matched else (None if None in matched else True)
        return one.effect, verdict

    proven(law, LAWS, 16, question=questions)
