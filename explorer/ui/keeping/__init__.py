"""Runs as files: opened, saved, exported, and found again after a crash."""
