"""Plumbline's library: everything but the pages."""
