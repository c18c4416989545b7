"""The statutes, as dated TOML."""
