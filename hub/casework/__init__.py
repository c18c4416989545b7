"""Casework: the law's steps and clocks as data, and what a case owes today. The eFile stays with its owner."""
