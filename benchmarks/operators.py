"""What operators' roles grant: Karpenter and ACK's controllers against one role, and what is known of them.

Milliseconds are CPU time of one thread, policies read beforehand. Beside them stands what the evaluator that
the tests keep takes for the same questions, which was written from AWS's prose and not for speed:
it reads the policies for each question.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from benchmarks.figures import Figure, Promise, measured
from keystone_check.iam.evaluate import Allowed, Denied, decide
from keystone_check.iam.explain import explain
from keystone_check.knowledge import store
from keystone_check.knowledge.store import controllers, minors
from keystone_check.operators.ack.least import least as of_ack
from keystone_check.operators.ack.requirement import Controller, every_kind
from keystone_check.operators.ack.requirement import requirement as ack_needs
from keystone_check.operators.documents import Document
from keystone_check.operators.granted import Law, answers
from keystone_check.operators.karpenter.least import least as of_karpenter
from keystone_check.operators.karpenter.requirement import requirement as karpenter_needs
from keystone_check.operators.need import Need
from tests.iam import naive
from tests.operators.laws import ACCOUNT, REGION, holding, installed

ROUNDS = 15
SOME = 20
DECIDED = Promise("Karpenter 1.14 and 20 controllers against one role, decided", "ms", 20)
EXPLAINED = Promise("the same, explained", "ms", 150)
MISSED = Promise("explained, where the role has one of the policies alone", "ms", 150)
ALL = Promise("every controller with all its kinds against one role, decided", "ms", 100)
KNOWN = Promise("what is known of Karpenter 1.14, read from its files", "ms", 15)
RATIO = Promise("decided, times the naive evaluator", "×", 20.0, least=True)
PROMISES = (DECIDED, EXPLAINED, MISSED, ALL, KNOWN, RATIO)


def figures() -> Iterator[Figure]:
    """Milliseconds, each the median of rounds."""
    some, every = tuple(islice(controllers(), SOME)), tuple(controllers())
    needs = (*karpenter_needs(installed("1.14")), *_needs(some))
    documents = (*of_karpenter(installed("1.14")), *_least(some))
    law = Law(holding(documents))
    decided = _median(lambda: [law.answer(need) for need in needs])
    yield Figure("requests of Karpenter 1.14 and 20 controllers", "", len(needs))
    yield measured(DECIDED, decided)
    yield measured(EXPLAINED, _median(lambda: [_explained(law, need) for need in needs]))
    bare = Law(holding(documents[:1]))
    yield measured(MISSED, _median(lambda: [_explained(bare, need) for need in needs]))
    yield Figure("the same, decided, each policy read anew", "ms", _median(_anew(documents, needs)))
    wanted = _needs(every)
    whole = Law(holding(_least(every)))
    yield Figure("requests of every controller", "", len(wanted))
    yield measured(ALL, _median(lambda: [whole.answer(need) for need in wanted]))
    yield measured(KNOWN, _median(_read))
    yield measured(RATIO, _naive(documents, needs[: len(needs) // SOME]) * SOME / decided)


def _needs(services: Sequence[str]) -> tuple[Need, ...]:
    return tuple(need for it in services for need in ack_needs(_controller(it)))


def _least(services: Sequence[str]) -> tuple[Document, ...]:
    return tuple(document for it in services for document in of_ack(_controller(it)))


def _controller(service: str) -> Controller:
    return Controller(service, ACCOUNT, REGION, every_kind(service))


def _anew(documents: Sequence[Document], needs: Sequence[Need]) -> Callable[[], object]:
    held = holding(documents)
    return lambda: answers(held, needs)


def _explained(law: Law, need: Need) -> object:
    decision = decide(law.own, need.request)
    if isinstance(decision, Denied):
        return decision.misses
    return explain(decision.statement, need.request) if isinstance(decision, Allowed) else None


def _read() -> None:
    """What a look at one Karpenter asks for."""
    store.facts.cache_clear()
    assert minors()
    for name in ("asks", "templates", "surroundings", "failures", "objects"):
        store.facts("karpenter", name)


def _naive(documents: Sequence[Document], needs: Sequence[Need]) -> float:
    """Of a part of the questions, for it takes its time."""
    given = [("identity", it.text) for it in documents]

    def asked() -> None:
        for need in needs:
            naive.decide(given, _as_written(need))

    return _median(asked, rounds=3)


def _as_written(need: Need) -> dict[str, object]:
    known = need.request
    context = {key: [it] if isinstance(it, str) else list(it) for key, it in known.context.items()}
    return {
        "action": known.action,
        "resource": known.resource,
        "principal": {"aws": f"arn:aws:sts::{ACCOUNT}:assumed-role/karpenter/1"},
        "context": context,
        "unknown": list(known.unknown),
    }


def _median(run: Callable[[], object], rounds: int = ROUNDS) -> float:
    run()
    return statistics.median(_taken(run) for _ in range(rounds)) * 1000


def _taken(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start
