"""One step of gradient descent on a single token, by the numbers.

The loss is the cross-entropy ``L = -ln p(y)``, so making ``L`` small is making the likelihood of what was
written large. For the logits ``z`` the gradient is ``dL/dz = p - onehot(y)``: the logit of the right token is
pulled up by what its probability lacks to one, all others are pushed down by their probability.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from llama_demo.model.llama import Llama

SHOWN = 8
"""Tokens that are compared before and after."""


@dataclass(frozen=True)
class GradientStep:
    """The next-token distribution before and after a step, for the likeliest tokens and the right one.

    Attributes:
        ids: of the tokens, likeliest before the step first.
        before, after: their natural log-probabilities.
        gradient: of the loss for their logits, before the step.
        loss_before, loss_after: cross-entropy of the right token, in nats.
        norm: length of the gradient for all parameters.
        parameters: number of parameters whose gradient is not zero; embeddings of tokens that were not read
            have none, unless the head shares them.
    """

    ids: tuple[int, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    gradient: tuple[float, ...]
    loss_before: float
    loss_after: float
    norm: float
    parameters: int


@torch.inference_mode(False)
def take_gradient_step(model: Llama, prompt: list[int], target: int, *, rate: float) -> GradientStep:
    """Compute ``theta - rate * dL/dtheta`` on a float32 copy of the model; the model stays as it is.

    Args:
        prompt: token ids before the token, at least one.
        target: id of the token that was written.
        rate: learning rate of plain gradient descent.
    """
    learner = copy.deepcopy(model).float().requires_grad_(True)
    ids = torch.tensor([prompt], device=learner.embedding.weight.device)
    logits = learner(ids, last_only=True)[0, -1]  # (V)
    logits.retain_grad()
    loss = F.cross_entropy(logits[None], torch.tensor([target], device=logits.device))
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = [one.grad for one in learner.parameters() if one.grad is not None]
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(one) for one in gradients]))
    before = logits.detach().log_softmax(-1)
    with torch.no_grad():
        for parameter in learner.parameters():
            if parameter.grad is not None:
                parameter.sub_(rate * parameter.grad)
        after = learner(ids, last_only=True)[0, -1].log_softmax(-1)
    shown = before.topk(min(SHOWN, len(before))).indices.tolist()
    if target not in shown:
        shown[-1] = target
    assert logits.grad is not None
    return GradientStep(
        ids=tuple(shown),
        before=tuple(before[shown].tolist()),
        after=tuple(after[shown].tolist()),
        gradient=tuple(logits.grad[shown].tolist()),
        loss_before=loss.item(),
        loss_after=-after[target].item(),
        norm=norm.item(),
        parameters=sum(int(one.count_nonzero()) for one in gradients),
    )
