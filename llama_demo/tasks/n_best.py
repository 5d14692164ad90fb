"""N-best translations of one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from llama_demo.engine.beam_search import Search
from llama_demo.tasks.draft import Draft
from llama_demo.tasks.translate_sentences import TranslationAlternative, translate_sentences
from llama_demo.tasks.translation_hops import MOST_REPEATS, SequenceHop, translate_through
from llama_demo.text.agreement.doubts import find_doubts
from llama_demo.text.masking import FORMS


def n_best(hops: Sequence[SequenceHop], sentence: str, count: int) -> tuple[TranslationAlternative, ...]:
    """Up to ``count`` different translations that keep the verbatim parts, best first.

    With two hops the sentence is first translated into the language between, and the second hop gives
    the alternatives. The verbatim parts are masked with the first of :data:`FORMS` only: an alternative that
    lost a mask is left out, not translated again as ``translate_text`` does, so there may be none.

    Raises:
        InputError: the sentence is too long to be read at once.
        DeviceError: the memory was not enough.
    """
    *before, last = hops
    draft = Draft(sentence, hops[0], FORMS[0])
    intermediate = translate_through(before, [draft.text], beams=1, stopped=lambda: False)
    assert intermediate is not None, "no stop was requested"
    [(_, best)] = translate_sentences(
        last.translator,
        [intermediate[0].text],
        source=last.source,
        target=last.target,
        how=Search(beams=max(count, 5), best=max(count, 5), most_repeats=MOST_REPEATS),
    )
    languages = hops[0].source, last.target
    different: dict[str, TranslationAlternative] = {}
    for alternative in sorted(best.alternatives, key=lambda one: -one.score):
        text = draft.finished(alternative.text, last.target)
        if text is not None and text not in different:
            doubts = find_doubts(sentence, text, languages)
            different[text] = replace(alternative, text=text, doubts=doubts)
    return tuple(different.values())[:count]
