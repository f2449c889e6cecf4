"""`recurra predict` with a translator: no Keras, no JAX."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.cli.output import notes, print_json
from recurra.cli.predict_forecast import PLOT_ENDINGS
from recurra.errors import UsageError

if TYPE_CHECKING:
    from recurra.cli.text_lines import TextInput
    from recurra.cli.translate_options import SearchOptions
    from recurra.runtime import Artifact, Translation

__all__ = ["predict_translations"]


def predict_translations(
    artifact: Artifact,
    texts: TextInput,
    search: SearchOptions,
    n_best: int | None,
    picture: Path | None,
    *,
    as_json: bool,
) -> None:
    """Translate texts, and print a line for each.

    Where several translations of each text are asked for, every one has a line: the number of the
    text, the score and the translation, with tabs between them.

    Args:
        artifact: A translator's.
        texts: What to translate.
        search: How; what is not given is as in training.
        n_best: Translations of each text.
        picture: Where to draw the attention of a single text.
        as_json: Print JSON instead.

    Raises:
        RecurraError: If the model, the texts or an output cannot be used.
    """
    from recurra.runtime import read_translator

    predictor = read_translator(artifact).predictor
    options = _search(artifact.manifest, search, n_best or 1)
    if picture is not None:
        _check_picture(artifact.path, predictor.specification.attention, texts, picture)
        options["attention"] = True
    records: list[dict[str, Any]] = []
    for group in texts.groups():
        found = predictor.translate(group, **options)
        if picture is not None:
            _draw(found[0][0], picture)
        answers = [_record(*pair) for pair in zip(group, found, strict=True)]
        if not as_json:
            sys.stdout.write(_lines(found, len(records), ranked=options["n_best"] > 1))
            sys.stdout.flush()
        records += answers
    if as_json:
        facts = {name: options[name] for name in ("beam", "length_penalty")}
        print_json({"model": artifact.path, **facts, "predictions": records})
    if picture is not None:
        notes().print(f"saved {picture}")


def _search(manifest: Mapping[str, Any], search: SearchOptions, n_best: int) -> dict[str, Any]:
    """Return what was given, else what the translator was measured with in training."""
    settings = manifest.get("settings")
    trained = settings if isinstance(settings, dict) else {}
    penalty = search.length_penalty
    return {
        "beam": search.beam or max(trained.get("beam", 1), n_best),
        "length_penalty": trained.get("length_penalty", 1.0) if penalty is None else penalty,
        "n_best": n_best,
    }


def _check_picture(model: str, attention: str, texts: TextInput, picture: Path) -> None:
    from recurra.cli.paths import check_optional_output

    check_optional_output(picture, PLOT_ENDINGS)
    if attention == "none":
        raise UsageError(f"{model} was trained without attention; leave out --show-attention")
    if len(texts.given or ()) != 1:
        raise UsageError("--show-attention draws one text: give it as the only argument")


def _draw(translation: Translation, picture: Path) -> None:
    from recurra.report import write_attention_plot

    if translation.attention is not None:
        write_attention_plot(translation.attention, picture)


def _lines(found: Sequence[Sequence[Translation]], before: int, *, ranked: bool) -> str:
    if not ranked:
        return "".join(f"{_one_line(best[0].text)}\n" for best in found)
    return "".join(
        f"{number}\t{one.score:.4f}\t{_one_line(one.text)}\n"
        for number, translations in enumerate(found, before + 1)
        for one in translations
    )


def _one_line(text: str) -> str:
    """Return a text that stays on its line, whatever was learnt."""
    return " ".join(text.splitlines())


def _record(text: str, translations: Sequence[Translation]) -> dict[str, Any]:
    ranked = [_fields(one) for one in translations]
    best = ranked[0]
    return {"text": text, **best, **({"n_best": ranked} if len(ranked) > 1 else {})}


def _fields(one: Translation) -> dict[str, Any]:
    return {
        "translation": one.text,
        "score": one.score,
        "log_probability": one.log_probability,
        "ended": one.ended,
        "tokens": list(one.tokens),
    }
