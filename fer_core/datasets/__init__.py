"""Labelled faces from what a user holds: one file for each form."""
