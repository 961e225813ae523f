"""REHEARSALS: a rotation taken step by step on frozen facts, in the right order and in wrong ones. Pure."""
