"""The directory: jurisdictions, institutions, participants, endpoints and keys."""
