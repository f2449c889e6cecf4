"""The tasks of a probe by name."""

from __future__ import annotations

from recurra.study.probes.adding import adding
from recurra.study.probes.arithmetic import MODULUS, arithmetic, arithmetic_at_the_end
from recurra.study.probes.copying import ALPHABET, copying
from recurra.study.probes.digits import DIGITS, learnt_digits, measured_digits, watched_digits
from recurra.study.probes.parity import parity, parity_at_the_end
from recurra.study.probes.problem import Problem
from recurra.study.probes.temporal_order import temporal_order

__all__ = ["PROBLEMS"]

_GROWING = (10, 20, 40, 80, 160, 320)
_GENERALISING = (5, 10, 20, 40, 64, 128, 256)
_TRAINED = 40
_PERFECT = 0.995  # what is wrong once in 40 steps is wrong often in 256

PROBLEMS = {
    "adding": Problem(
        title="Adding",
        question="Each step holds a number from 0 to 1; two are marked, one in each half. At the "
        "end: what is their sum?",
        source="Hochreiter & Schmidhuber 1997, experiment 4; Le, Jaitly & Hinton 2015",
        unit="steps",
        lengths=_GROWING,
        shortest=2,
        outputs=1,
        generate=adding,
    ),
    "copy": Problem(
        title="Copy",
        question="Five symbols of eight, then a blank. After it: which were they, in order? The "
        "literature has ten symbols, which take far longer to learn.",
        source="Hochreiter & Schmidhuber 1997, experiment 2; Arjovsky, Shah & Bengio 2016",
        unit="blank steps",
        lengths=_GROWING,
        shortest=1,
        outputs=ALPHABET,
        generate=copying,
    ),
    "order": Problem(
        title="Order",
        question="Two signs among distractors, in the second tenth and the sixth tenth of the "
        "sequence. At the end: which came first, which second?",
        source="Hochreiter & Schmidhuber 1997, experiment 6a; Pascanu, Mikolov & Bengio 2013",
        unit="steps",
        lengths=_GROWING,
        shortest=10,
        outputs=4,
        generate=temporal_order,
    ),
    "parity": Problem(
        title="Parity",
        question="Bits. Are the ones odd in number? Learnt up to 40 bits, with the answer so far "
        "at each; measured at the last bit.",
        source="Hochreiter & Schmidhuber 1997; Delétang et al. 2023; Beck et al. 2024",
        unit="bits",
        lengths=_GENERALISING,
        shortest=1,
        outputs=2,
        generate=parity,
        watch=parity_at_the_end,
        enough=_PERFECT,
        trained=_TRAINED,
    ),
    "arithmetic": Problem(
        title="Arithmetic",
        question="A sum of products of numbers from 0 to 4. What is it modulo 5? Learnt up to 40 "
        "numbers and signs, with the answer so far after each number; measured at the last.",
        source="Delétang et al. 2023; Beck et al. 2024",
        unit="numbers and signs",
        lengths=_GENERALISING,
        shortest=2,
        outputs=MODULUS,
        generate=arithmetic,
        watch=arithmetic_at_the_end,
        enough=_PERFECT,
        trained=_TRAINED,
    ),
    "digits": Problem(
        title="Digits",
        question="A handwritten digit of 8 × 8 pixels, row by row in 8 steps up to pixel by pixel "
        "in 64. At the end: which digit? Each length is learnt anew.",
        source="Le, Jaitly & Hinton 2015, with MNIST; here the digits of scikit-learn",
        unit="steps",
        lengths=(8, 16, 32, 64),
        shortest=8,
        outputs=DIGITS,
        generate=learnt_digits,
        watch=watched_digits,
        test=measured_digits,
        grows=False,
    ),
}
