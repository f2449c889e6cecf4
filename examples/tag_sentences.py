"""Tag the words of sentences, unseen words too: their endings tell.

The sentences are made here; `SequenceTagger().fit_source("trees.conllu")` reads a file.
"""

import numpy as np

from recurra import SequenceTagger

generator = np.random.default_rng(0)
STEMS = ["walk", "talk", "print", "paint", "farm", "sing", "read", "build", "help", "teach"]


def sentence(stems):
    """Return a sentence such as "the singer quickly builds" and its tags."""
    noun, verb = generator.choice(stems, 2)
    words = ["the", f"{noun}er", f"{verb}s"]
    tags = ["DET", "NOUN", "VERB"]
    if generator.random() < 0.5:
        words.insert(2, f"{generator.choice(stems)}ingly")
        tags.insert(2, "ADV")
    return words, tags


sentences, tags = zip(*(sentence(STEMS) for _ in range(300)), strict=True)
tagger = SequenceTagger(units=16, character_units=16, embedding=16, epochs=8, learning_rate=0.01)
tagger.fit(list(sentences), list(tags))

new = [sentence(["jump", "swim", "climb", "row"]) for _ in range(50)]
measured = tagger.evaluate([words for words, _ in new], [row for _, row in new])
print(f"{measured['unknown_accuracy']:.0%} of {measured['unknown_tokens']} unseen words are right")
for token in next(tagger.predictor_.answer([["the", "swimmer", "climbs"]])):
    print(f"{token.token:10} {token.tag:5} {token.probability:.2f}")
