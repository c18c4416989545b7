"""Panchayati Raj institutions: registers of children kept by village child protection committees, by REST."""
