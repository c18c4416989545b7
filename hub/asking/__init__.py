"""Asking the owners live: one question put to many systems at once, each by its own deadline, none delaying another.

``loop`` runs every call of a process in one thread, ``curl`` is its transport, ``sources`` says who may be asked now,
``merging`` makes one answer of what came, ``searching`` and ``reading`` tell the two journeys.
Why it is made so: docs/decisions/0011-asking-many-at-once.md.
"""
