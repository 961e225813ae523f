"""For how long a shared cache may keep an answer (RFC 9111, section 5.2.2)."""

import re


def kept(directives: str) -> int:
    """Seconds, by the header Cache-Control; 0 where it says nothing."""
    said = [each.strip().lower() for each in directives.split(",")]
    if {"no-store", "no-cache", "private"} & set(said):
        return 0
    for name in ("s-maxage", "max-age"):
        for each in said:
            if found := re.fullmatch(rf'{name}="?(\d{{1,10}})"?', each, re.ASCII):
                return int(found[1])
    return 0
