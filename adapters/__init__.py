"""Adapters: how the hub speaks with systems that keep their own databases."""
