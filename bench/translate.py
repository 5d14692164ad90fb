"""How fast a translator is: ``python -m bench.translate [FOLDER]``.

Prints how long the first sentence of a text takes from the request to the page, how many sentences of
20 words a second come in one go, and the same for ``transformers``' Marian of the same shape with random
weights, in the same process. It writes in each batch as many tokens as the longest of our translations has.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from transformers import MarianConfig, MarianMTModel

from llama_demo.services.history.runs import RunService
from llama_demo.services.models import Models
from llama_demo.services.translation.service import TranslationRequest, TranslationService
from llama_demo.services.visits import resolve
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore
from llama_demo.tasks.translate_sentences import Translator

MODELS = Path(__file__).parent.parent / "assets" / "models"
SENTENCES, ROUNDS, PEER_BATCH = 200, 3, 32
SUBJECTS = "my sister|the old teacher|our neighbour|a young doctor|the tall man|that student".split("|")
VERBS = "wanted to read|forgot to bring|was looking for|bought|gave us|talked about".split("|")
THINGS = "a small book|two red apples|the long letter|some fresh bread|a new bicycle|the photos".split("|")
ENDS = (
    "because it was raining very hard in the whole city|before we went to the station by bus this morning|"
    "when the children came home from their school last Friday|although nobody in the family had asked for it"
).split("|")


def main() -> None:
    """Measure several rounds, and print medians."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else MODELS / "translator"
    torch.set_num_threads(2)
    models = Models([MODELS / "generator", folder], device="cpu")
    translator = models.translator()
    sentences = made_up(SENTENCES)
    words = statistics.fmean(len(sentence.split()) for sentence in sentences)
    ours, theirs, firsts = [], [], []
    with tempfile.TemporaryDirectory() as data:
        database = Database(Path(data) / "bench.db")
        translation = TranslationService(models, RunService(RunStore(database)))
        measure(translation, sentences[:4])  # warm
        for _ in range(ROUNDS):
            first, seconds, lengths = measure(translation, sentences, translator)
            firsts.append(first)
            ours.append(seconds)
            theirs.append(peer(translator, sentences, lengths))
        database.close()
    rate, peer_rate = (SENTENCES / statistics.median(seconds) for seconds in (ours, theirs))
    print(f"threads {torch.get_num_threads()}, {SENTENCES} sentences of {words:.0f} words, English to French")
    print(f"first sentence on the page: {statistics.median(firsts):.2f} s")
    print(f"app            {rate:6.1f} sentences/s, history and page included")
    print(f"transformers   {peer_rate:6.1f} sentences/s, in batches of {PEER_BATCH}")
    print(f"app / transformers: {rate / peer_rate:.2f} times")


def made_up(count: int) -> list[str]:
    """Different sentences of about 20 words."""
    dice = random.Random(3)
    sentences = []
    for _ in range(count):
        one, two = dice.sample(SUBJECTS, 2)
        first, second = dice.sample(THINGS, 2)
        text = f"{one} {dice.choice(VERBS)} {first} and {two} took {second} {dice.choice(ENDS)}."
        sentences.append(text[0].upper() + text[1:])
    return sentences


def measure(
    translation: TranslationService, sentences: list[str], translator: Translator | None = None
) -> tuple[float, float, list[int]]:
    """Seconds to the first sentence and to the last, and tokens of each translation."""
    asked = TranslationRequest(" ".join(sentences), source="en", target="fr")
    began = time.perf_counter()
    first = 0.0
    for update in translation.translate(resolve(public=False), asked):
        first = first or (time.perf_counter() - began if update.done else 0.0)
    seconds = time.perf_counter() - began
    assert update.done == len(sentences)
    if translator is None:
        return first, seconds, []
    lengths = [len(translator.vocabulary.encode_target(update.text[slice(*p.target)])) for p in update.pairs]
    return first, seconds, [length + 1 for length in lengths]


@torch.inference_mode()
def peer(translator: Translator, sentences: list[str], lengths: list[int]) -> float:
    """Seconds that Marian needs for the same sources and as many tokens."""
    shape = translator.engine.model.config
    model: Any = MarianMTModel(
        MarianConfig(
            vocab_size=shape.vocab_size,
            d_model=shape.width,
            encoder_layers=shape.encoder.layers,
            decoder_layers=shape.decoder.layers,
            encoder_attention_heads=shape.encoder.heads,
            decoder_attention_heads=shape.decoder.heads,
            encoder_ffn_dim=shape.encoder.mlp_width,
            decoder_ffn_dim=shape.decoder.mlp_width,
            max_position_embeddings=shape.max_position_embeddings,
            pad_token_id=shape.pad_id,
            eos_token_id=shape.end_id,
            decoder_start_token_id=shape.pad_id,
            forced_eos_token_id=None,
        )
    )
    model.eval()
    pieces = translator.vocabulary.encode(sentences, source="en", target="fr")
    rows = sorted(zip((each.ids for each in pieces), lengths, strict=True), key=lambda row: len(row[0]))
    began = time.perf_counter()
    for start in range(0, len(rows), PEER_BATCH):
        batch = rows[start : start + PEER_BATCH]
        longest, tokens = max(len(row) for row, _ in batch), max(length for _, length in batch)
        ids = torch.tensor([[*row, *[shape.pad_id] * (longest - len(row))] for row, _ in batch])
        model.generate(
            input_ids=ids,
            attention_mask=(ids != shape.pad_id).long(),
            num_beams=1,
            do_sample=False,
            min_new_tokens=tokens,
            max_new_tokens=tokens,
        )
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
