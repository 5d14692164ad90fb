"""Subtitles: :mod:`subrip` has SubRip (.srt) and WebVTT (.vtt), :mod:`substation_alpha` .ass and .ssa."""
