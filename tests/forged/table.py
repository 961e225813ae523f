"""All forgeries by name."""

from tests.forged import claims, headers, key_sets, signatures, writing
from tests.forged.forgery import Forgery

FORGED: dict[str, Forgery] = {}
for room in (headers, signatures, writing, claims, key_sets):
    for name, forgery in room.table():
        assert name not in FORGED, name
        FORGED[name] = forgery
