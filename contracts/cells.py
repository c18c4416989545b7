"""Cells of tables that people open in spreadsheet programs: none is taken for a formula (CWE-1236)."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def safe(cell: str) -> str:
    """The cell with ``'`` before it if a spreadsheet program might take it for a formula; ``plain`` takes it away."""
    return "'" + cell if _is_formula(cell) else cell


def plain(cell: str) -> str:
    """The cell without the ``'`` that ``safe`` or a spreadsheet program put before it."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    return cell.lstrip("' ").startswith(_FORMULA)
