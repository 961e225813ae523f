"""A sandbox counts what it answers, and can be as slow as a network."""

from keystone_check.probes.gather import gather
from keystone_check.sandbox.ground import Ground
from keystone_check.sandbox.pace import Pace
from keystone_check.sandbox.serve import serve
from keystone_check.sandbox.worlds import healthy
from tests.worlds import NOW


def test_every_door_counts_what_it_answers_and_loading_is_not_counted() -> None:
    ground, pace = Ground.make(), Pace()
    with serve(healthy(ground, NOW), ground, clock=lambda: NOW, pace=pace) as serving:
        assert pace.answered.total() == 0
        gather(serving.access, frozenset({"discovery", "caller"}), clock=lambda: NOW)
    assert pace.answered == {"cluster": 1, "web": 1, "AWS": 1}
