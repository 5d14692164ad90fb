"""The loss of a run as a picture for the model's card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llama_demo.training.checkpoint import TrainingProgress

_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 560.0, 14.0, 226.0
_INK, _LINE = "#6b675f", "#e7e2d9"
# Colours that colour-blind people can tell apart.
_COLOURS = ("#1f2430", "#a84f26", "#0f766e", "#4c6ef5", "#b8860b", "#8b5cf6", "#be185d", "#64748b", "#15803d")
Points = Sequence[tuple[float, float]]


def draw(progress: TrainingProgress) -> str:
    """An SVG of training loss and held-out losses against millions of tokens seen."""
    lines = _lines(progress)
    most = max((x for points in lines.values() for x, _ in points), default=1.0) or 1.0
    highest = max((y for points in lines.values() for _, y in points), default=1.0) or 1.0

    def place(x: float, y: float) -> tuple[float, float]:
        return _LEFT + (_RIGHT - _LEFT) * x / most, _BOTTOM - (_BOTTOM - _TOP) * y / highest

    body = [*_grid(most, highest, place(0, 0)[1])]
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        places = [place(x, y) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        body += [
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{colour}"/>'
            for x, y in (places if name != "training" else ())
        ]
        body.append(f'<text x="{_RIGHT + 10}" y="{22 + 16 * number}" fill="{colour}">{name}</text>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 260" font-family="sans-serif" '
        'font-size="11" role="img" aria-label="Loss against tokens seen">'
        '<rect width="720" height="260" fill="#ffffff"/>\n' + "\n".join(body) + "\n</svg>\n"
    )


def _lines(progress: TrainingProgress) -> dict[str, Points]:
    lines: dict[str, list[tuple[float, float]]] = {
        "training": [(tokens / 1e6, loss) for tokens, loss in progress.losses]
    }
    for tokens, measured in progress.measured:
        for name, loss in measured.items():
            lines.setdefault(f"{name}, held out", []).append((tokens / 1e6, loss))
    return {name: points for name, points in lines.items() if points}


def _grid(most: float, highest: float, bottom: float) -> Iterator[str]:
    for y, label in _ticks(highest):
        level = bottom - (_BOTTOM - _TOP) * y / highest
        yield f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{level:.1f}" y2="{level:.1f}" stroke="{_LINE}"/>'
        yield f'<text x="{_LEFT - 8}" y="{level + 4:.1f}" text-anchor="end" fill="{_INK}">{label}</text>'
    for x, label in _ticks(most):
        across = _LEFT + (_RIGHT - _LEFT) * x / most
        yield f'<text x="{across:.1f}" y="242" text-anchor="middle" fill="{_INK}">{label}M</text>'
    middle = (_LEFT + _RIGHT) / 2
    yield f'<text x="{middle}" y="256" text-anchor="middle" fill="{_INK}">tokens seen; loss in nats</text>'


def _ticks(most: float) -> list[tuple[float, str]]:
    step = next((each for each in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0) if most / each <= 8), most / 8)
    return [(i * step, f"{i * step:g}") for i in range(int(most / step) + 1)]
