"""Folders of documents: read by supervised workers, resumable, each file with one outcome."""
