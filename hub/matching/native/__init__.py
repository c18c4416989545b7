"""The arithmetic of the comparisons as compiled loops over whole tables: fast, and to the last bit that of numpy."""
