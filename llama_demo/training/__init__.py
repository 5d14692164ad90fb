"""How the bundled models are made: data, vocabulary, cross-entropy, optimiser, evaluation, export.

    python -m llama_demo.training generator --data DIR --out DIR --minutes N

``docs/training.md`` names the data and its licences.
"""
