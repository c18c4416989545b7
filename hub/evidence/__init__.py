"""Proof of every exchange: the audit as a Merkle tree, its signed heads, its witnesses, bundles for a court."""
