"""N-best translations of one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from llama_demo.engine.beam_search import Search
from llama_demo.tasks.translate_sentences import TranslationAlternative, translate_sentences
from llama_demo.tasks.translation_hops import MOST_REPEATS, SequenceHop, translate_through


def n_best(hops: Sequence[SequenceHop], sentence: str, count: int) -> tuple[TranslationAlternative, ...]:
    """Up to ``count`` different translations, best first.

    With two hops the sentence is first translated into the language between, and the second hop gives
    the alternatives.

    Raises:
        InputError: the sentence is too long to be read at once.
        DeviceError: the memory was not enough.
    """
    *before, last = hops
    intermediate = translate_through(before, [sentence], beams=1, stopped=lambda: False)
    assert intermediate is not None, "no stop was requested"
    [(_, best)] = translate_sentences(
        last.translator,
        [intermediate[0].text],
        source=last.source,
        target=last.target,
        how=Search(beams=max(count, 5), best=max(count, 5), most_repeats=MOST_REPEATS),
    )
    different = {alternative.text: alternative for alternative in reversed(best.alternatives)}
    return tuple(sorted(different.values(), key=lambda one: -one.score)[:count])
