"""The hub: the index of who said what about which child, the matching core, and the journey between them."""
