"""Which command is where. A command's module is light; what it runs is loaded when it runs."""

from __future__ import annotations

import typer

from recurra.cli.adapt import adapt
from recurra.cli.backtest import backtest
from recurra.cli.bench import bench
from recurra.cli.compare import compare, demo
from recurra.cli.datasets import get_command, list_command, path_command
from recurra.cli.detect import detect
from recurra.cli.evaluate import evaluate
from recurra.cli.export import export
from recurra.cli.generate import generate
from recurra.cli.info import info
from recurra.cli.inspect import inspect
from recurra.cli.predict import predict
from recurra.cli.probe import probe
from recurra.cli.train_classify import classify
from recurra.cli.train_forecast import forecast
from recurra.cli.train_generate import train_generate
from recurra.cli.train_regress import regress
from recurra.cli.train_tag import tag
from recurra.cli.train_transcribe import transcribe
from recurra.cli.train_translate import train_translate

__all__ = ["register"]


def register(app: typer.Typer, train: typer.Typer, data: typer.Typer) -> None:
    """Add every command to its group."""
    for command in (demo, compare, predict, generate, evaluate, backtest, detect):
        app.command()(command)
    for command in (inspect, probe, adapt, export, info, bench):
        app.command()(command)
    train.command()(classify)
    train.command()(regress)
    train.command()(forecast)
    train.command("generate")(train_generate)
    train.command("translate")(train_translate)
    train.command()(tag)
    train.command()(transcribe)
    data.command("list")(list_command)
    data.command("get")(get_command)
    data.command("path")(path_command)
