"""Measurements. Each prints its figures; docs/performance.md says what they were and on what."""
