"""What a court needs to check a bundle without the hub: trees, heads, bundles. Stands on ``cryptography`` alone."""
