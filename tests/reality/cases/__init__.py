"""The questions that are put to an API server: what is recorded, and what an emulator must answer alike."""

from tests.reality.cases import discovery, injection, reading, reviews, tokens, writing

CASES = (*discovery.CASES, *tokens.CASES, *reviews.CASES, *reading.CASES, *writing.CASES)
"""Told to a server that asks no webhook."""

INJECTIONS = injection.INJECTIONS
"""Told while the pod identity webhook is registered."""
