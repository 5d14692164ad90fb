"""Translating as the tab uses it: sentences in, sentences with scores and alignments out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from safetensors.torch import save_file

from llama_demo.engine.beam_search import Search
from llama_demo.errors import InputError
from llama_demo.model.transformer import Transformer
from llama_demo.services.model_folders import describe
from llama_demo.tasks.translate_sentences import Translator, load_translator, translate_sentences
from tests.model.test_transformer import CONFIG
from tests.text.tokenizers.test_translator_vocabulary import joint, pieces_of
from tests.translators import write_nllb

TEXTS = ["Llamas are large animals.", "", "  \n", "你好，世界！", "a\ud800b"]


@pytest.fixture(scope="module")
def translator(tmp_path_factory: pytest.TempPathFactory) -> Translator:
    """Our own kind of folder, with random weights."""
    folder: Path = tmp_path_factory.mktemp("translator")
    rows = len(pieces_of(joint()))
    config = replace(CONFIG, vocab_size=rows, source_vocab_size=rows)
    torch.manual_seed(0)
    model = Transformer(config)
    model.initialise()
    (folder / "config.json").write_text(json.dumps(config.to_json()))
    (folder / "tokenizer.model").write_bytes(joint())
    save_file({name: p.detach() for name, p in model.named_parameters()}, folder / "model.safetensors")
    return load_translator(folder, device="cpu")


def test_every_sentence_comes_back_in_its_place(translator: Translator) -> None:
    """Blank ones as they are; the others with as many alternatives as asked for, best first."""
    how = Search(beams=3, best=3, max_new_tokens=8)
    found = dict(translate_sentences(translator, TEXTS, source="en", target="zh", how=how))
    assert sorted(found) == list(range(len(TEXTS)))
    assert [found[i].text for i in (1, 2)] == TEXTS[1:3]
    for i in (0, 3, 4):
        scores = [alternative.score for alternative in found[i].alternatives]
        assert len(scores) == 3
        assert scores == sorted(scores, reverse=True)
        assert found[i].score == scores[0] < 0
    assert found[0].source == TEXTS[0]


def test_alignment_points_into_both_texts(translator: Translator) -> None:
    """Weights for each piece of the translation over the pieces of the source."""
    [(_, found)] = translate_sentences(
        translator, TEXTS[:1], source="en", target="fr", how=Search(max_new_tokens=8), alignment=True
    )
    aligned = found.alignment
    assert aligned is not None
    assert aligned.weights.shape == (len(aligned.target), len(aligned.source))
    assert "".join(TEXTS[0][a:b] for a, b in aligned.source) == TEXTS[0]
    assert "".join(found.text[a:b] for a, b in aligned.target) == found.text
    assert np.all(aligned.weights.sum(axis=1) <= 1 + 1e-5)


def test_nllb_translates_as_the_reference(tmp_path: Path) -> None:
    """From the folder to the text: vocabulary, marks of both languages, and the network together."""
    folder = write_nllb(tmp_path / "nllb")
    ours = load_translator(folder, device="cpu")
    tokenizer = transformers.NllbTokenizer.from_pretrained(folder, src_lang="eng_Latn")
    reference = transformers.M2M100ForConditionalGeneration.from_pretrained(folder).eval()
    text = "The quick brown fox jumps."
    ids = reference.generate(
        **tokenizer(text, return_tensors="pt"),
        forced_bos_token_id=tokenizer.convert_tokens_to_ids("zho_Hans"),
        max_new_tokens=13,
        do_sample=False,
    )[0]
    expected = tokenizer.decode(ids, skip_special_tokens=True).strip()
    assert expected
    [(_, found)] = translate_sentences(ours, [text], source="en", target="zh", how=Search(max_new_tokens=13))
    assert found.text.strip() == expected
    tokenizer.save_pretrained(folder)
    (folder / "sentencepiece.bpe.model").unlink()
    saved = load_translator(folder, device="cpu")
    [(_, again)] = translate_sentences(saved, [text], source="en", target="zh", how=Search(max_new_tokens=13))
    assert again.text == found.text
    entry = describe(folder, bundled=False)
    assert (entry.task, entry.family) == ("translate", "M2M100")
    assert {"zh-en", "yue-zh", "zu-is"} <= set(entry.directions)


def test_unknown_directions_and_endless_sentences(translator: Translator) -> None:
    """Told before anything runs, in words."""
    for text, target, key in (("a", "de", "direction_unknown"), ("llama " * 100, "fr", "sentence_too_long")):
        with pytest.raises(InputError) as caught:
            list(translate_sentences(translator, [text], source="en", target=target))
        assert caught.value.key == key
    assert list(translate_sentences(translator, [], source="en", target="fr")) == []
