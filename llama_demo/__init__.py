"""A bilingual demo of what a LLaMA-style language model can do, run by our own PyTorch model core.

Shape comments use one alphabet everywhere:

    B batch         T new tokens    S cached tokens   V vocabulary
    H query heads   K key/value heads   D head size   C width
"""

__version__ = "0.1.0"
