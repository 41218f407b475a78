"""Turns a described scene into paint: QtGui only, no widgets."""
