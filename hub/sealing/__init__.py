"""Sealing: keys and envelopes, where the key-encryption key is kept, erasure, and what is kept for how long."""
