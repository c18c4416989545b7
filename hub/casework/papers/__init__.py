"""Orders and reports on the forms of the Model Rules, as structured documents and as PDF; none is kept by the hub."""
