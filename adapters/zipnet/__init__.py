"""ZIPNET, the police network of eight states: DataTables lists, the old site's HTML tables, saved pages of both."""
