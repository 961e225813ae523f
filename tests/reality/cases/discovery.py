"""What the server says of itself: discovery, version, health, groups, unknown paths."""

from tests.reality.asking import ACCESS, ACCOUNTS, DISCOVERY, KEYS, REVIEWS, SPACE, STS, Case, get, mint, post

CASES = (
    Case(
        "discovery",
        "The two documents, to those who may read them.",
        (get(DISCOVERY), get(KEYS), mint(), get(DISCOVERY, "<token>"), get(KEYS, "<token>")),
    ),
    Case(
        "discovery_refused",
        "Anonymous access is off; a user needs the discovery role.",
        tuple(
            get(path, caller) for path in (DISCOVERY, KEYS) for caller in ("nobody", "stranger", "garbage")
        ),
    ),
    Case(
        "discovery_token_for_sts",
        "A token for STS does not open the API server.",
        (mint(audiences=[STS]), get(KEYS, "<token>")),
    ),
    Case(
        "discovery_negotiated",
        "Each document has one content type and refuses to be asked for another.",
        tuple(
            get(path, accept=accept)
            for path in (DISCOVERY, KEYS)
            for accept in ("application/json", "application/jwk-set+json", "*/*", "text/html")
        ),
    ),
    Case("discovery_written", "The two documents are read-only.", (post(DISCOVERY, {}), post(KEYS, {}))),
    Case(
        "version",
        "Who the server is.",
        (get("/version"), get("/version", "stranger"), get("/version", "nobody")),
    ),
    Case(
        "health",
        "Health is plain text, and anonymous access is off here too.",
        (
            get("/readyz"),
            get("/livez"),
            get("/healthz"),
            get("/readyz", "stranger"),
            get("/readyz", "nobody"),
        ),
    ),
    Case(
        "groups",
        "What clients read to find the API.",
        (get("/api"), get(REVIEWS), get(ACCESS), get("/apis/authentication.k8s.io")),
    ),
    Case(
        "unknown_paths",
        "Four ways of not being there.",
        (
            get("/nothing"),
            get("/apis/keystone.example/v1"),
            get(f"{SPACE}/nothings"),
            get(f"{ACCOUNTS}/api/nothing"),
            get("/nothing", "stranger"),
            get(f"{SPACE}/nothings", "stranger"),
        ),
    ),
)
