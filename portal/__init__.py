"""The face: web pages and the trackchild command line. It asks the hub and holds no SQL."""
