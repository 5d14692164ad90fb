"""Makes the vectors of the bundled samples: ``python -m bench.sample_vectors``.

Both bundled search models embed the chunks of the samples, and a first start of the program then embeds
nothing. Writes ``assets/search/sample_vectors.npz``; a test says when a model, an article or the way in which
articles are cut has changed since.
"""

from __future__ import annotations

from collections.abc import Sequence

from bench.passages import DEEP, EMBEDDER, optional_encoder
from llama_demo.documents.worker import parse
from llama_demo.services.library.chunking import cut, language_of, readable
from llama_demo.services.library.embedders import PROBE, Embedder
from llama_demo.services.library.sample_vectors import SAMPLE_VECTORS, write_sample_vectors
from llama_demo.services.library.samples import SAMPLES
from llama_demo.services.library.text_encoder import LocalEncoder
from llama_demo.tasks.embed import SentenceEncoder, load_sentence_encoder


def main() -> None:
    """Embed and write."""
    quick, deep = load_sentence_encoder(EMBEDDER, device="cpu"), optional_encoder(str(DEEP))
    texts = texts_of_samples(quick)
    made = [LocalEncoder(encoder) for encoder in (quick, deep) if encoder is not None]
    vectors = {one.name: (one.vectors([PROBE])[0], one.vectors(texts, "passage")) for one in made}
    write_sample_vectors(SAMPLE_VECTORS, texts, vectors)
    print(f"{len(texts)} chunks by {', '.join(vectors)}: {SAMPLE_VECTORS.stat().st_size / 1000:.0f} kB")


def texts_of_samples(quick: SentenceEncoder) -> Sequence[str]:
    """The chunks of the samples as the index cuts them, and as models read them."""
    local = LocalEncoder(quick)
    embedder = Embedder(local.name, 0, lambda: local)
    documents = [parse(path.name, path.read_bytes()) for path in sorted(SAMPLES.glob("*/*/*"))]
    languages = [language_of(document) for document in documents]
    chunks = [cut(*one) for one in zip(documents, [embedder] * len(documents), languages, strict=True)]
    return list(dict.fromkeys(readable(chunk) for each in chunks for chunk in each))


if __name__ == "__main__":
    main()
