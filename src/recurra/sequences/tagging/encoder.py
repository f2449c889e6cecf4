"""From tokens to what a tagger reads: words, and the characters of every distinct form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.errors import CorruptArtifactError, DataError
from recurra.sequences.ragged import EncodedTexts
from recurra.sequences.tagging.sentences import Sentence
from recurra.sequences.vocabulary import PAD, UNK, PieceCounter, Vocabulary, check_tokens

__all__ = ["EncodedSentences", "SentenceEncoder", "TaggerBatch"]

_DIGIT = re.compile(r"\d")
_LONGEST = 1 << 12


@dataclass(frozen=True, eq=False)
class TaggerBatch:
    """What a tagger reads at once.

    Attributes:
        words: Ids of the lower-cased words, shape `(batch, time)`, int32, 0 at padding.
        forms: Rows of `characters` for every token, shape `(batch, time)`, int32, 0 at padding.
        characters: Characters of the distinct forms, shape `(forms, characters)`, int32, 0 at
            padding.
    """

    words: NDArray[np.int32]
    forms: NDArray[np.int32]
    characters: NDArray[np.int32]

    @property
    def arrays(self) -> list[NDArray[np.int32]]:
        """The inputs in the network's order."""
        return [self.words, self.forms, self.characters]


@dataclass(frozen=True, eq=False)
class EncodedSentences:
    """Sentences as numbers.

    Attributes:
        words: Ids of the lower-cased words of every sentence.
        forms: Number of the form of every token, as it is written.
        spellings: Characters of every form.
    """

    words: EncodedTexts
    forms: EncodedTexts
    spellings: EncodedTexts

    def __len__(self) -> int:
        return len(self.words)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each sentence, shape `(sentences,)`."""
        return self.words.lengths

    def distinct(self, indices: NDArray[np.int64]) -> int:
        """Return how many distinct forms some sentences have."""
        return len(np.unique(np.concatenate([self.forms[i] for i in indices])))

    def batch(
        self, indices: NDArray[np.int64], time: int, *, forms: int = 0, characters: int = 0
    ) -> TaggerBatch:
        """Collect some sentences.

        Each distinct form is there once, so that its characters are read once.

        Args:
            indices: Row numbers, shape `(batch,)`.
            time: Tokens to pad to; no sentence may be longer.
            forms: Rows of `characters` at least; more only if there are more forms.
            characters: Characters to pad to at least.
        """
        words = self.words.batch(indices, time)
        numbers = self.forms.batch(indices, time)
        valid = np.arange(time) < self.lengths[indices][:, None]
        distinct, places = np.unique(numbers[valid], return_inverse=True)
        rows = np.zeros_like(numbers)
        rows[valid] = places
        longest = int(self.spellings.lengths[distinct].max(initial=1))
        spelt = self.spellings.batch(distinct, max(longest, characters))
        missing = max(0, forms - len(distinct))
        return TaggerBatch(words, rows, np.pad(spelt, ((0, missing), (0, 0))))


class SentenceEncoder:
    """Numbers words, characters and tags.

    Words are looked up in lower case, with every digit as 0; characters keep their case. A form
    longer than `longest` loses its middle, as its ends tell most.

    Attributes:
        words: The words in the order of their ids, padding and unknown first.
        characters: The characters in the order of their ids, padding and unknown first.
        tags: The tags in the order of their numbers.
        longest: Characters read of a form.
    """

    def __init__(
        self, words: Sequence[str], characters: Sequence[str], tags: Sequence[str], longest: int
    ) -> None:
        """Number the parts of a fitted encoder."""
        self.tags = tuple(tags)
        self.longest = longest
        self._words = Vocabulary(words)
        self._characters = Vocabulary(characters)
        self._tags = {tag: number for number, tag in enumerate(self.tags)}

    @classmethod
    def fit(
        cls, sentences: Iterable[Sentence], *, vocabulary: int, minimum_count: int, longest: int
    ) -> SentenceEncoder:
        """Learn from training sentences.

        Args:
            sentences: The sentences with their tags.
            vocabulary: Most words, with padding and unknown.
            minimum_count: Words seen less often are unknown.
            longest: Characters read of a form.

        Raises:
            DataError: If there is one tag only.
        """
        words, characters, tags = PieceCounter(), PieceCounter(), set[str]()
        for sentence in sentences:
            words.update(_word(token) for token in sentence.tokens)
            for token in sentence.tokens:
                characters.update(token)
            tags.update(sentence.tags)
        if len(tags) < 2:
            raise DataError(f"all tokens have the same tag, {min(tags, default='none')!r}")
        kept = [word for word, _ in words.most_common(minimum_count)]
        letters = [sign for sign, _ in characters.most_common()]
        return cls(
            [PAD, UNK, *[w for w in kept if w not in (PAD, UNK)][: vocabulary - 2]],
            [PAD, UNK, *filter(_is_encodable, letters)],
            sorted(tags),
            longest,
        )

    @property
    def words(self) -> list[str]:
        """The words in the order of their ids."""
        return self._words.tokens

    @property
    def characters(self) -> list[str]:
        """The characters in the order of their ids."""
        return self._characters.tokens

    def knows(self, token: str) -> bool:
        """Say whether a word was learnt."""
        return self._words.ids([_word(token)])[0] != 1

    def encode(self, sentences: Sequence[Sentence]) -> EncodedSentences:
        """Number words, forms and characters."""
        numbers: dict[str, int] = {}
        forms = [[numbers.setdefault(t, len(numbers)) for t in s.tokens] for s in sentences]
        words = [self._words.ids(map(_word, sentence.tokens)) for sentence in sentences]
        return EncodedSentences(
            EncodedTexts.from_sequences(words),
            EncodedTexts.from_sequences(forms),
            EncodedTexts.from_sequences([self._spell(form) for form in numbers]),
        )

    def encode_tags(self, sentences: Sequence[Sentence]) -> EncodedTexts:
        """Number the tags.

        Raises:
            DataError: If a tag was not in the training.
        """
        return EncodedTexts.from_sequences([self._numbers(sentence) for sentence in sentences])

    def to_config(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "words": self.words,
            "characters": self.characters,
            "tags": list(self.tags),
            "longest": self.longest,
        }

    @classmethod
    def from_config(cls, config: Any) -> SentenceEncoder:
        """Read what `to_config` has written.

        Raises:
            CorruptArtifactError: If it cannot be used.
        """
        if not isinstance(config, dict) or set(config) != _KEYS:
            raise CorruptArtifactError("the encoder is not that of a tagger")
        tags, longest = config["tags"], config["longest"]
        if not isinstance(tags, list) or not all(isinstance(t, str) and t for t in tags):
            raise CorruptArtifactError("the encoder's tags are not a list of strings")
        if len(set(tags)) != len(tags) or len(tags) < 2:
            raise CorruptArtifactError("the encoder's tags must be distinct, two at least")
        if type(longest) is not int or not 1 <= longest <= _LONGEST:
            raise CorruptArtifactError(f"the encoder reads {longest!r} characters of a word")
        return cls(check_tokens(config["words"]), check_tokens(config["characters"]), tags, longest)

    def _spell(self, form: str) -> list[int]:
        if len(form) > self.longest:
            tail = self.longest // 2
            form = form[: self.longest - tail] + form[len(form) - tail :]
        return self._characters.ids(form)

    def _numbers(self, sentence: Sentence) -> list[int]:
        try:
            return [self._tags[tag] for tag in sentence.tags]
        except KeyError as error:
            raise DataError(
                f"the tag {error.args[0]!r} (sentence at line {sentence.line}) was not in the "
                f"training; known: {', '.join(self.tags[:20])}"
            ) from None


_KEYS = {"words", "characters", "tags", "longest"}


def _word(token: str) -> str:
    return _DIGIT.sub("0", token.lower())


def _is_encodable(sign: str) -> bool:
    return not "\ud800" <= sign <= "\udfff"
