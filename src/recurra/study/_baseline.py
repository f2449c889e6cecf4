"""The linear baseline: n-gram logistic regression, which every comparison has to face.

Wang & Manning 2012 showed that n-gram models of this kind are hard to beat on sentiment; a network
that does not come near one has learnt little.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra._types import Level
from recurra.sequences import normalize, split

__all__ = ["LinearBaseline"]

_STRENGTHS = (1.0, 4.0, 16.0)  # inverse regularisation, chosen on the validation rows
_MOST_FEATURES = 500_000
_FEWEST_TEXTS = 2  # that an n-gram has to occur in, where any does
_ORDERS = {"word": 2, "subword": 2, "char": 4}


class LinearBaseline:
    """TF-IDF of the n-grams of whole texts, and multinomial logistic regression.

    Words make n-grams up to 2, characters up to 4, with marks at both ends of a text.

    Attributes:
        strength: The inverse regularisation that did best on the validation rows.
        parameters: Coefficients and intercepts.
    """

    def __init__(self, level: str, *, lowercase: bool = True) -> None:
        """Choose what the n-grams are made of.

        Args:
            level: `word`, `subword` (read as words) or `char`.
            lowercase: Fold case.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._level: Level = "char" if level == "char" else "word"
        self._lowercase = lowercase
        self._vectorizer = TfidfVectorizer(
            analyzer=functools.partial(
                _ngrams,
                level=self._level,
                highest=_ORDERS[level],
                lowercase=lowercase,
            ),
            min_df=_FEWEST_TEXTS,
            max_features=_MOST_FEATURES,
            sublinear_tf=True,
            dtype=np.float32,
        )
        self.strength = 0.0
        self.parameters = 0

    def fit(
        self,
        texts: Callable[[], Iterable[str]],
        codes: NDArray[np.int32],
        validation_texts: Callable[[], Iterable[str]],
        validation_codes: NDArray[np.int32],
    ) -> LinearBaseline:
        """Fit on the training rows, choosing the regularisation on the validation rows.

        Args:
            texts: Starts a pass over the training texts.
            codes: Their classes; every class occurs.
            validation_texts: Starts a pass over the validation texts.
            validation_codes: Their classes.
        """
        features = self._fit_vectorizer(texts)
        held_out = self._vectorizer.transform(validation_texts())
        best = -1.0
        for strength in _STRENGTHS:
            model = _fit_regression(strength, features, codes)
            score = model.score(held_out, validation_codes)
            if score > best:
                best, self._model, self.strength = score, model, strength
        self.parameters = int(self._model.coef_.size + self._model.intercept_.size)
        return self

    def predict_proba(self, texts: Iterable[str]) -> NDArray[np.float32]:
        """Return class probabilities, shape `(texts, classes)`."""
        probabilities = self._model.predict_proba(self._vectorizer.transform(texts))
        return np.asarray(probabilities, dtype=np.float32)

    def shuffle(self, text: str, generator: np.random.Generator) -> str:
        """Return a text with its words or characters in random order."""
        pieces = _pieces(text, self._level, self._lowercase)
        order = generator.permutation(len(pieces))
        return ("" if self._level == "char" else " ").join(pieces[place] for place in order)

    def _fit_vectorizer(self, texts: Callable[[], Iterable[str]]) -> Any:
        try:
            return self._vectorizer.fit_transform(texts())
        except ValueError:  # few texts, and nothing in two of them
            self._vectorizer.set_params(min_df=1)
            return self._vectorizer.fit_transform(texts())


def _fit_regression(strength: float, features: Any, codes: NDArray[np.int32]) -> Any:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        # A few iterations more change no answer, and the user can do nothing about them.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(C=strength, max_iter=300, tol=1e-3).fit(features, codes)


def _pieces(text: str, level: Level, lowercase: bool) -> list[str]:
    return split(normalize(text, lowercase=lowercase), level)


def _ngrams(text: str, *, level: Level, highest: int, lowercase: bool) -> list[str]:
    """Return the n-grams of orders 1 to `highest`; characters get marks at both ends."""
    pieces = _pieces(text, level, lowercase)
    joint = " "
    if level == "char":
        pieces, joint = ["^", *pieces, "$"], ""
    grams = list(pieces)
    for order in range(2, highest + 1):
        shifted = (pieces[start:] for start in range(order))
        grams += [joint.join(gram) for gram in zip(*shifted, strict=False)]
    return grams
