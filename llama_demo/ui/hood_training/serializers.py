"""Trainings and gradient steps as the page gets them."""

from __future__ import annotations

import math

from llama_demo.services.live_training.service import TrainingPlan, TrainingUpdate
from llama_demo.services.live_training.word_step import WordStep
from llama_demo.ui.hood_training.schemas import (
    SnapshotItem,
    TrainingLine,
    TrainingPlanLine,
    WordStepItem,
    WordStepResponse,
)


def serialize_training(update: TrainingUpdate, characters: int) -> TrainingLine:
    """A line of the stream.

    Args:
        characters: of the text as it was typed, or 0 for those that were sent.
    """
    steps = update.steps
    return TrainingLine(
        state=update.state,
        plan=None if update.plan is None else _plan(update.plan, characters),
        losses=[(one.step, round(one.loss, 4)) for one in steps],
        validation=[(one.step, round(one.validation, 4)) for one in steps if one.validation is not None],
        snapshots=[
            SnapshotItem(step=one.step, sample=one.snapshot.sample, losses=list(one.snapshot.losses))
            for one in steps
            if one.snapshot is not None
        ],
        seconds=round(steps[-1].seconds, 2) if steps else None,
    )


def _plan(plan: TrainingPlan, characters: int) -> TrainingPlanLine:
    corpus, recipe = plan.corpus, plan.recipe
    return TrainingPlanLine(
        id=plan.id,
        prompt=plan.prompt,
        parameters=plan.parameters,
        layers=recipe.layers,
        width=recipe.hidden_size,
        heads=recipe.heads,
        window=recipe.window,
        rows=recipe.rows,
        steps=recipe.steps,
        seconds=recipe.seconds,
        vocabulary=corpus.tokenizer.size,
        uniform_loss=plan.uniform_loss,
        characters=max(characters, corpus.characters),
        used=corpus.used,
        distinct=corpus.distinct,
        training=len(corpus.training),
        validation=len(corpus.validation),
        passage=list(plan.passage),
    )


def serialize_word_step(step: WordStep) -> WordStepResponse:
    """A gradient step with probabilities instead of their logarithms."""
    numbers = zip(step.texts, step.step.before, step.step.after, step.step.gradient, strict=True)
    return WordStepResponse(
        model=step.model,
        target=step.target,
        chosen=step.chosen,
        tokens=[
            WordStepItem(text=text, before=math.exp(before), after=math.exp(after), gradient=gradient)
            for text, before, after, gradient in numbers
        ],
        loss_before=step.step.loss_before,
        loss_after=step.step.loss_after,
        norm=step.step.norm,
        parameters=step.step.parameters,
    )
