"""Text from tokens that come one at a time."""

from __future__ import annotations

import codecs

from recurra.sequences.tokenizer import Tokenizer

__all__ = ["StreamDecoder"]


class StreamDecoder:
    """Decodes tokens as they come; what comes out, joined, is what `Tokenizer.decode` gives.

    A character whose bytes are not all there yet is held back; so is white space at the ends when
    the tokenizer drops it.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Begin a text.

        Args:
            tokenizer: A fitted tokenizer.
        """
        self._tokenizer = tokenizer
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = not tokenizer.sentences
        self._space = ""

    def push(self, token_id: int) -> str:
        """Add a token.

        Args:
            token_id: Its id.

        Returns:
            The text that is certain now and was not given before; may be empty.

        Raises:
            DataError: If the id is outside the vocabulary.
        """
        return self._trim(self._decoder.decode(self._tokenizer.token_bytes(token_id)))

    def finish(self) -> str:
        """End the text.

        Returns:
            What is left; an unfinished character is U+FFFD.
        """
        return self._trim(self._decoder.decode(b"", final=True))

    def _trim(self, text: str) -> str:
        if not self._begun:
            text = text.lstrip()
            self._begun = bool(text)
        if not self._tokenizer.sentences:
            return text
        text = self._space + text
        kept = text.rstrip()
        self._space = text[len(kept) :]
        return kept
