"""Stress tests of memory: the classic tasks, the networks that learn them, what is published."""

from __future__ import annotations

from recurra.study.probes._training import SOLVED
from recurra.study.probes.probing import ProbeObserver, parse_problems, probe
from recurra.study.probes.problem import Batch, Problem
from recurra.study.probes.problems import PROBLEMS
from recurra.study.probes.published import PUBLISHED, Published
from recurra.study.probes.summary import ProbeLine, ProbePoint, probe_lines, probe_verdict

__all__ = [
    "PROBLEMS",
    "PUBLISHED",
    "SOLVED",
    "Batch",
    "ProbeLine",
    "ProbeObserver",
    "ProbePoint",
    "Problem",
    "Published",
    "parse_problems",
    "probe",
    "probe_lines",
    "probe_verdict",
]
