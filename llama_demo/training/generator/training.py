"""Training the bundled generator: a LLaMA decoder of eleven million parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llama_demo.engine.export import Files, export_model
from llama_demo.model.llama import Llama, checkpoint_parts
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.training.checkpoint import TrainingProgress
from llama_demo.training.generator import data as generator_data
from llama_demo.training.generator import declines
from llama_demo.training.generator.auxiliary_loss import auxiliary_loss, auxiliary_targets
from llama_demo.training.generator.vocabulary import ASSISTANT, USER
from llama_demo.training.loop import TrainingRun, train
from llama_demo.training.optimiser import OptimiserName, build_optimisers
from llama_demo.training.precision import mixed_precision
from llama_demo.training.start import fresh_llama, load_start
from llama_demo.training.vocabulary_file import kept_vocabulary


@dataclass(frozen=True)
class GeneratorRecipe:
    """What is trained and on how much at a time.

    Attributes:
        tokens: predicted a step.
        windows: lengths of the windows that these tokens stand in, step by step in turn.
    """

    config: LlamaConfig
    tokens: int
    windows: tuple[int, ...]


BUNDLED = GeneratorRecipe(
    LlamaConfig(
        vocab_size=8192,
        hidden_size=384,
        intermediate_size=960,
        num_hidden_layers=5,
        num_attention_heads=6,
        num_key_value_heads=2,
        head_dim=64,
        max_position_embeddings=512,
        tie_word_embeddings=True,
    ),
    tokens=8192,
    # Most stories fit into half the context, where attention costs half as much.
    windows=(256, 256, 256, 512),
)
CPU = torch.device("cpu")
_CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message['role'] == 'user' %}" + USER + "{{ message['content'] }}"
    "{% elif message['role'] == 'assistant' %}" + ASSISTANT + "{{ message['content'] }}{{ eos_token }}"
    "{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}" + ASSISTANT + "{% endif %}"
)
# Files beside the weights: for transformers, and what the app may offer with this model.
_SETTINGS: dict[str, Mapping[str, Any]] = {
    "tokenizer_config.json": {
        "tokenizer_class": "LlamaTokenizer",
        "add_bos_token": True,
        "add_eos_token": False,
        "add_prefix_space": False,
        "legacy": False,
        "normal_form": True,
        "bos_token": "<s>",
        "eos_token": "</s>",
        "unk_token": "<unk>",
        "clean_up_tokenization_spaces": False,
        "chat_template": _CHAT_TEMPLATE,
    },
    "generation_config.json": {"bos_token_id": 1, "eos_token_id": 2, "do_sample": True, "temperature": 0.8},
    "abilities.json": {
        "licence": "CC BY-SA 4.0",
        "abilities": ["story", "poem"],
        "languages": ["en", "zh"],
        "declines": [declines.ENGLISH, declines.CHINESE],
    },
}


def train_generator(
    data: Path,
    out: Path,
    *,
    minutes: float,
    start_from: Path | None = None,
    recipe: GeneratorRecipe = BUNDLED,
    device: torch.device = CPU,
    optimiser: OptimiserName = "muon",
    compiled: bool = True,
    report: Callable[[str], None] = print,
    clock: Callable[[], float] | None = None,
) -> TrainingProgress:
    """Train, or go on training, and leave a Hugging Face folder in ``out/model``.

    Args:
        data: folder with the sources that ``docs/training.md`` lists.
        out: where checkpoints, the vocabulary and the model go.
        start_from: a model folder whose weights and vocabulary to begin with.
    """
    texts = generator_data.read_texts(data)
    vocabulary = kept_vocabulary(
        out, start_from, lambda: generator_data.build_vocabulary(texts, recipe.config.vocab_size), report
    )
    encoder = generator_data.GeneratorEncoder(vocabulary)
    rhymes = generator_data.rhyme_marks(data, encoder)
    sources = generator_data.encode_training(texts, data, encoder, rhymes)
    held_out = generator_data.encode_held_out(texts, data, encoder)
    report("  ".join(f"{name}: {len(part.ids) / 1e6:.2f}M tokens" for name, part in sources.items()))

    config = recipe.config
    model = (
        fresh_llama(recipe.config) if start_from is None else load_start(start_from, Llama, config, device)
    )
    model.to(device).train()
    # Compiled together with the model, the logits of a whole vocabulary are never written out as float32.
    whole_loss = torch.compile(_whole_loss, dynamic=False) if compiled else _whole_loss
    members = rhymes.members.to(device)

    def loss_of(step: int) -> tuple[Tensor, int]:
        window = recipe.windows[step % len(recipe.windows)]
        rows = recipe.tokens // window
        ids, targets, marks = generator_data.batch_at(step, sources, rows=rows, window=window)
        places, asked = (tensor.to(device) for tensor in auxiliary_targets(marks))
        with mixed_precision(device):
            loss = whole_loss(model, ids.to(device), targets.to(device), places, asked, members)
        return loss, targets.numel()

    def measure() -> dict[str, float]:
        return measure_losses(model, held_out, device)

    optimisers = build_optimisers(model, optimiser, rate=1e-3, matrix_rate=0.02)
    progress = train(
        model,
        optimisers,
        TrainingRun(minutes, out),
        loss_of=loss_of,
        measure=measure,
        report=report,
        clock=clock,
    )
    export(model, recipe.config, out / "model", vocabulary)
    return progress


def export(model: Llama, config: LlamaConfig, folder: Path, vocabulary: bytes) -> None:
    """Write a folder that this app and ``transformers`` load: weights, vocabulary, template, abilities."""
    marks = {"bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "bfloat16"}
    files: Files = {"config.json": {**config.to_json(), **marks}, "tokenizer.model": vocabulary, **_SETTINGS}
    export_model(model, checkpoint_parts(config), folder, files)


def _whole_loss(
    model: Llama, ids: Tensor, targets: Tensor, places: Tensor, asked: Tensor, members: Tensor
) -> Tensor:
    logits = model(ids).flatten(0, 1)  # (B * T, V)
    again = auxiliary_loss(logits, targets.flatten(), places, asked, members)
    return F.cross_entropy(logits, targets.flatten()) + again / targets.numel()


def _cross_entropy(model: Llama, ids: Tensor, targets: Tensor) -> Tensor:
    return F.cross_entropy(model(ids).flatten(0, 1), targets.flatten())


@torch.no_grad()
def measure_losses(
    model: Llama,
    held_out: dict[str, generator_data.GeneratorDocuments],
    device: torch.device,
    *,
    most: int = 64,
) -> dict[str, float]:
    """Mean cross-entropy a token, in nats, on up to ``most`` windows of each held-out part."""
    losses = {}
    window = model.config.max_position_embeddings
    for name, documents in held_out.items():
        total, count = 0.0, 0
        for ids, targets in generator_data.held_out_batches(documents, rows=16, window=window, most=most):
            with mixed_precision(device):
                loss = _cross_entropy(model, ids.to(device), targets.to(device))
            total += loss.item() * targets.numel()
            count += targets.numel()
        losses[name] = round(total / max(count, 1), 4)
    return losses
