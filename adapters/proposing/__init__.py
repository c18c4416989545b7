"""From a system's own description to a draft manifest: what a state IT cell begins with instead of an empty page."""
