"""The law: decisions, explanations, cold starts and memory, beside other evaluators.

Seconds are CPU time of one thread. Every question is evaluated in every round; no answer is remembered.
"""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence

from benchmarks.evaluators import installed
from benchmarks.figures import Figure, Promise, measured
from benchmarks.karpenter import ACTIONS, CALLER, CONTEXTS, QUESTIONS, RESOURCES, Question, policies
from keystone_check.iam import conditions, elements, statements
from keystone_check.iam.compiled import Compiled, compile
from keystone_check.iam.evaluate import Allowed, Denied, decide
from keystone_check.iam.explain import explain
from keystone_check.iam.policy import PolicyKind, Reading, read
from keystone_check.iam.request import AwsPrincipal, Request
from tests.iam import naive

ROUNDS = 15
DECIDE = Promise("decide, requests made beforehand", "1/s", 300_000, least=True)
EXPLAIN = Promise("decide and explain, requests made beforehand", "1/s", 25_000, least=True)
COLD = Promise("compile six policies and answer 60 actions, nothing remembered", "ms", 1.0)
RATIO = Promise("decide, each request made anew, times the best other", "×", 8.0, least=True)
MEMORY = Promise("5,000 roles of six policies each, every action asked", "MB", 150)
PROMISES = (DECIDE, EXPLAIN, COLD, RATIO, MEMORY)
ROLES = 5_000


def figures() -> Iterator[Figure]:
    """Rates per second, milliseconds and megabytes."""
    texts = policies()
    law = compile(_readings(texts))
    requests = [_request(question) for question in QUESTIONS]
    others = dict(installed(texts))
    named = [request for request in requests if law.about(request.action).numbers]
    runs: dict[str, Callable[[], object]] = {
        "decide": lambda: [decide(law, request) for request in requests],
        "named": lambda: [decide(law, request) for request in named],
        "explain": lambda: [_explained(law, request) for request in requests],
        "anew": lambda: [decide(law, _request(question)) for question in QUESTIONS],
        **{name: lambda ask=ask: [ask(question) for question in QUESTIONS] for name, ask in others.items()},
    }
    rates = dict(zip(runs, _rates([*runs.values()]), strict=True))
    yield measured(DECIDE, rates["decide"])
    share = len(named) / len(QUESTIONS)
    yield Figure("the same, only actions that a statement names", "1/s", rates["named"] * share)
    yield measured(EXPLAIN, rates["explain"])
    yield Figure("decide, each request made anew", "1/s", rates["anew"])
    yield from (Figure(f"{name}, policies read beforehand", "1/s", rates[name]) for name in others)
    yield measured(RATIO, rates["anew"] / max(rates[name] for name in others))
    yield from _right(
        texts, {"ours": lambda asked: isinstance(decide(law, _request(asked)), Allowed), **others}
    )
    yield from _cold(texts)
    yield measured(MEMORY, _megabytes(texts))


def _readings(texts: Sequence[str]) -> list[Reading]:
    return [read(text, PolicyKind.IDENTITY) for text in texts]


def _request(question: Question) -> Request:
    return Request(question.action, question.resource, AwsPrincipal(CALLER), question.context)


def _explained(law: Compiled, request: Request) -> object:
    """The statement that decided, element by element, or the nearest misses."""
    decision = decide(law, request)
    if isinstance(decision, Denied):
        return decision.misses
    return explain(decision.statement, request) if isinstance(decision, Allowed) else decision.because


def _rates(runs: Sequence[Callable[[], object]]) -> list[float]:
    rounds = [[_taken(run) for run in runs] for _ in range(ROUNDS + 1)][1:]
    return [len(QUESTIONS) / statistics.median(taken) for taken in zip(*rounds, strict=True)]


def _taken(run: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    run()
    return time.process_time() - start


def _right(texts: Sequence[str], evaluators: dict[str, Callable[[Question], bool]]) -> Iterator[Figure]:
    """The share of answers that are those of the evaluator that the tests keep, written from AWS's prose."""
    given = [(PolicyKind.IDENTITY.value, text) for text in texts]
    right = [naive.decide(given, _as_written(question)) == "allow" for question in QUESTIONS]
    for name, ask in evaluators.items():
        same = sum(ask(question) is answer for question, answer in zip(QUESTIONS, right, strict=True))
        yield Figure(f"right answers of {name}", "%", 100 * same / len(QUESTIONS))


def _as_written(question: Question) -> dict[str, object]:
    context = {key: [value] for key, value in question.context.items()}
    return {
        "action": question.action,
        "resource": question.resource,
        "principal": {"aws": CALLER},
        "context": context,
        "unknown": [],
    }


def _cold(texts: Sequence[str]) -> Iterator[Figure]:
    readings, requests = _readings(texts), _sixty()

    def compiled() -> None:
        law = compile(readings)
        for request in requests:
            decide(law, request)

    def read_and_compiled() -> None:
        law = compile(_readings(texts))
        for request in requests:
            decide(law, request)

    yield measured(COLD, _forgetful(compiled))
    yield Figure("the same, reading the six texts as well", "ms", _forgetful(read_and_compiled))


def _sixty() -> list[Request]:
    return [
        Request(action, RESOURCES[number % len(RESOURCES)], AwsPrincipal(CALLER), CONTEXTS[0])
        for number, action in enumerate(ACTIONS)
    ]


def _forgetful(run: Callable[[], None]) -> float:
    """The median in milliseconds, with nothing kept from one run to the next."""
    taken = []
    for _ in range(100):
        for kept in (conditions.prepared, elements.prepared, statements.kept, read):
            kept.cache_clear()
        taken.append(_taken(run))
    return statistics.median(taken) * 1000


def _megabytes(texts: Sequence[str]) -> float:
    """What the policies take, read and compiled, each role's with a cluster of its own."""
    requests = _sixty()
    gc.collect()
    tracemalloc.start()
    laws = []
    for number in range(ROLES):
        law = compile(_readings([_of_cluster(text, f"c{number}") for text in texts]))
        for request in requests:
            decide(law, request)
        laws.append(law)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken / 1e6


def _of_cluster(text: str, name: str) -> str:
    for before in ("/", '"', "-", ":"):
        text = text.replace(f'{before}lab"', f'{before}{name}"')
    return text
