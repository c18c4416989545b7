"""Erasing: how long what is said of a child is kept, legal holds, seals, erasure and the ledger of what was erased."""
