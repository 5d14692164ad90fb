"""The bundled models: what other programs can do with their folders, and how much room they take."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import transformers

from llama_demo.engine.checkpoint import load_model
from llama_demo.model.bert import BertSpans
from llama_demo.model_file import read_json
from llama_demo.tasks.embed import embed, load_sentence_encoder
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.text.chat_template import ChatMessage
from llama_demo.text.tokenizers.encoder_vocabulary import load_pieces

MODELS = Path(__file__).parent.parent / "assets" / "models"
LARGEST_FILE, LARGEST_BUNDLE = 10_000_000, 110_000_000
TEXTS = (
    "Once upon a time there was a little dog named Max.",
    "春眠不觉晓，处处闻啼鸟。",
    "讲一个关于小狗和红球的故事。",
    "A llama 🦙 and a naïve café in Ürümqi",
)


@pytest.fixture(scope="module")
def theirs() -> transformers.PreTrainedModel:
    """The generator's folder, unchanged, opened by transformers."""
    return transformers.LlamaForCausalLM.from_pretrained(MODELS / "generator", dtype=torch.float32)


@pytest.mark.parametrize("text", TEXTS)
def test_transformers_reads_the_generator_as_we_do(
    theirs: transformers.PreTrainedModel, writer: LanguageModel, text: str
) -> None:
    """Who takes the folder elsewhere gets the same ids, the same chat and the same next token."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(MODELS / "generator")
    ids = tokenizer.encode(text)
    assert ids == writer.tokenizer.encode(text)
    assert writer.chat is not None
    turns = [{"role": "user", "content": text}]
    asked = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
    assert asked == writer.chat.encode([ChatMessage("user", text)])
    with torch.inference_mode():
        expected = theirs(torch.tensor([asked])).logits
        logits = writer.engine.model(torch.tensor([asked]))
    assert (logits - expected).abs().max() < 1e-3


@torch.inference_mode()
def test_transformers_reads_the_reader_as_we_do() -> None:
    """The same ids for a question with its passage, and the same scores for an answer's two ends."""
    folder = MODELS / "reader"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    theirs = transformers.AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    model = load_model(folder, BertSpans, device=torch.device("cpu"), dtype=torch.float32).model
    pieces = load_pieces(folder, model.config.vocab_size)
    for question in TEXTS:
        encoded = tokenizer(question, TEXTS[1], return_tensors="pt")
        framed = pieces.frame.two(*pieces.pieces([question, TEXTS[1]]))
        assert encoded["input_ids"][0].tolist() == list(framed.ids)
        assert encoded["token_type_ids"][0].tolist() == list(framed.types)
        expected = theirs(**encoded)
        logits = model(encoded["input_ids"], None, encoded["token_type_ids"])[0]
        assert (logits[:, 0] - expected.start_logits[0]).abs().max() < 1e-3
        assert (logits[:, 1] - expected.end_logits[0]).abs().max() < 1e-3


@torch.inference_mode()
@pytest.mark.parametrize("role", ["query", "passage"])
def test_transformers_reads_the_sentence_encoder_as_we_do(role: str) -> None:
    """With the prompts of the folder and the mean of all tokens, the same vectors."""
    folder = MODELS / "sentence-encoder"
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    theirs = transformers.AutoModel.from_pretrained(folder).eval()
    prompt = read_json(folder / "config_sentence_transformers.json")["prompts"][role]
    found = embed(load_sentence_encoder(folder, device="cpu", dtype="float32"), TEXTS, role=role).vectors
    for text, vector in zip(TEXTS, torch.from_numpy(found), strict=True):
        hidden = theirs(**tokenizer(prompt + text, return_tensors="pt")).last_hidden_state
        expected = torch.nn.functional.normalize(hidden.mean(dim=1), dim=-1)
        assert torch.allclose(vector, expected[0], atol=1e-4)


def test_the_bundle_is_small() -> None:
    """A file above 10 MB would need large-file storage on a Space, and a clone should take seconds."""
    files = [file for file in MODELS.rglob("*") if file.is_file()]
    assert max(file.stat().st_size for file in files) < LARGEST_FILE
    assert sum(file.stat().st_size for file in files) < LARGEST_BUNDLE


@pytest.mark.parametrize("folder", sorted(MODELS.iterdir()), ids=lambda folder: folder.name)
def test_every_model_has_a_card(folder: Path) -> None:
    """Licence, sources, figures and limits stand beside the weights."""
    card = (folder / "README.md").read_text(encoding="utf-8")
    for part in ("license:", "## Measured", "## What it cannot do", "## Samples", "## Sources", "loss.svg"):
        assert part in card, part
    assert (folder / "loss.svg").exists()
    assert (folder / "abilities.json").exists()
