"""Repairs: planned and rehearsed on the facts, then written by one door and proven by a second look."""
