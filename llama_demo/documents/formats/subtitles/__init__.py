"""Subtitles: SubRip and WebVTT (.srt, .vtt), SubStation Alpha (.ass, .ssa)."""
