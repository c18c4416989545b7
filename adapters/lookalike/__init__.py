"""What the look-alike systems (``adapters/*/node``) have in common, and no word of theirs: listening, loading rows.

Nothing here knows the port, the contract or the hub, so that a node stays a foreign system.
"""
