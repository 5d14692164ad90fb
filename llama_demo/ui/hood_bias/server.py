"""Server functions of the bias probe."""

from __future__ import annotations

from typing import get_args

from llama_demo.services.bias.intervals import Interval
from llama_demo.services.bias.probe import BiasProbe, MeasuredPair, ProbedTask, ProbeRequest
from llama_demo.services.models import Models
from llama_demo.ui.calls import Call
from llama_demo.ui.hood_bias.schemas import (
    IntervalItem,
    MeasuredPairItem,
    ProbeableModelItem,
    ProbeBiasRequest,
    ProbeBiasResponse,
    ProbeRowItem,
    ProbeSettingsResponse,
)


class BiasServer:
    """Measures sentence pairs that differ in one group word."""

    def __init__(self, probe: BiasProbe, models: Models) -> None:
        self._probe, self._models = probe, models

    def probe_settings(self, _: Call) -> ProbeSettingsResponse:
        """The models that can be probed, and the limits."""
        limits = self._probe.limits
        tasks: tuple[ProbedTask, ...] = get_args(ProbedTask)
        names = {task: [one.name for one in self._models.entries(task)[:1]] for task in tasks}
        return ProbeSettingsResponse(
            models=[ProbeableModelItem(task=task, model="".join(names[task])) for task in tasks],
            templates=limits.templates,
            attributes=limits.attributes,
            characters=limits.characters,
        )

    def probe_bias(self, call: Call, request: ProbeBiasRequest) -> ProbeBiasResponse:
        """The differences of all pairs, with confidence intervals."""
        asked = ProbeRequest(
            request.task, request.templates, request.attributes, request.source, request.target
        )
        found = self._probe.measure(asked, key=_probe_key(call))
        return ProbeBiasResponse(
            model=found.model,
            templates=found.templates,
            first_words=list(found.first_words),
            second_words=list(found.second_words),
            rows=[
                ProbeRowItem(
                    attribute=row.attribute,
                    difference=_interval(row.difference),
                    centred=_interval(row.centred),
                    share=None if row.share is None else round(row.share, 4),
                )
                for row in found.rows
            ],
            mean=_interval(found.mean),
            pairs=[_pair(one) for one in found.pairs],
        )

    def stop_bias_probe(self, call: Call) -> None:
        """End the page's probe."""
        self._probe.stop(_probe_key(call))


def _probe_key(call: Call) -> str:
    """Names the probe of a page; empty for a caller without one, whose probe cannot be stopped."""
    return f"bias:{call.page}" if call.page else ""


def _interval(interval: Interval) -> IntervalItem:
    low, high, p_value = (
        None if one is None else round(one, 4) for one in (interval.low, interval.high, interval.p_value)
    )
    return IntervalItem(mean=round(interval.mean, 4), low=low, high=high, p_value=p_value)


def _pair(measured: MeasuredPair) -> MeasuredPairItem:
    pair = measured.pair
    return MeasuredPairItem(
        template=pair.template,
        attribute=pair.attribute,
        source=pair.source,
        first=pair.first,
        second=pair.second,
        first_score=round(measured.first, 4),
        second_score=round(measured.second, 4),
    )
