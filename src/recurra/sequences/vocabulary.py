"""Vocabularies: counting pieces in bounded memory, and looking up their ids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from recurra.errors import CorruptArtifactError, UnsafeArtifactError

__all__ = [
    "MAX_TOKENS",
    "MAX_TOKEN_LENGTH",
    "PAD",
    "UNK",
    "PieceCounter",
    "Vocabulary",
    "check_tokens",
]

PAD, UNK = "[PAD]", "[UNK]"
MAX_TOKENS = 1_000_000
MAX_TOKEN_LENGTH = 256
_MAX_DISTINCT = 2_000_000


class PieceCounter:
    """Counts distinct pieces; drops the rarest when there are more than two million."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._floor = 1

    def update(self, pieces: Iterable[str]) -> None:
        """Count the pieces of one text."""
        self._counts.update(pieces)
        if len(self._counts) > _MAX_DISTINCT:
            self._prune()

    def most_common(self, minimum_count: int = 1) -> list[tuple[str, int]]:
        """Return pieces and counts, most frequent first, equal counts in code-point order.

        Args:
            minimum_count: Leave out pieces that were counted less often.

        Returns:
            Pairs of piece and count, without pieces over 256 characters.
        """
        kept = (
            (piece, count)
            for piece, count in self._counts.items()
            if count >= minimum_count and len(piece) <= MAX_TOKEN_LENGTH
        )
        return sorted(kept, key=lambda pair: (-pair[1], pair[0]))

    def _prune(self) -> None:
        while len(self._counts) > _MAX_DISTINCT // 2:
            self._counts = Counter({p: n for p, n in self._counts.items() if n > self._floor})
            self._floor += 1
        self._floor = 1


class Vocabulary:
    """A list of tokens, whose positions are their ids; 0 is padding, 1 the unknown token."""

    def __init__(self, tokens: Sequence[str]) -> None:
        """Number the tokens.

        Args:
            tokens: `[PAD]`, `[UNK]`, then the others.
        """
        self.tokens = list(tokens)
        # The special tokens cannot be reached from text.
        self._ids = _IdsOrUnknown({token: i for i, token in enumerate(self.tokens) if i > 1})

    def ids(self, pieces: Iterable[str]) -> list[int]:
        """Return the id of each piece, 1 for a piece that is not in the list."""
        return list(map(self._ids.__getitem__, pieces))


class _IdsOrUnknown(dict[str, int]):
    """A dictionary in C speed whose default costs no entry."""

    def __missing__(self, piece: str) -> int:
        return 1


def check_tokens(tokens: object) -> list[str]:
    """Check a token list from a file.

    Args:
        tokens: What the file holds.

    Returns:
        The same list.

    Raises:
        UnsafeArtifactError: If the list or a token is beyond the limits.
        CorruptArtifactError: If it is no list of distinct strings that starts with `[PAD]`,
            `[UNK]`.
    """
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        raise CorruptArtifactError("the encoder's tokens are not a list of strings")
    if len(tokens) > MAX_TOKENS or any(len(token) > MAX_TOKEN_LENGTH for token in tokens):
        raise UnsafeArtifactError(
            f"the encoder has {len(tokens)} tokens; at most {MAX_TOKENS} tokens of at most "
            f"{MAX_TOKEN_LENGTH} characters are read"
        )
    if (
        tokens[:2] != [PAD, UNK]
        or len(set(tokens)) != len(tokens)
        or not all(map(_is_sound, tokens))
    ):
        raise CorruptArtifactError(
            f"the encoder's tokens must be distinct, not empty, and start with {PAD}, {UNK}"
        )
    return tokens


def _is_sound(token: str) -> bool:
    """Say whether a token is not empty and has no lone surrogates, which have no UTF-8."""
    return token != "" and not any("\ud800" <= character <= "\udfff" for character in token)
