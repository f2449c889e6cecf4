"""A language model: train, watch it write, measure, go on from a prompt.

Usage: python examples/generate_text.py [FILE-OR-FOLDER-OR-DATASET] [EPOCHS]
"""

import sys

from recurra import TextGenerator
from recurra.tasks import TrainingObserver


class Show(TrainingObserver):
    """Prints what the network writes after each epoch."""

    def sample_made(self, epoch: int, text: str) -> None:
        """Print a sample."""
        print(f"after epoch {epoch}: {text[:60]!r}")


source = sys.argv[1] if len(sys.argv) > 1 else "python-docs"
epochs = int(sys.argv[2]) if len(sys.argv) > 2 else None

generator = TextGenerator(cell="lstm", epochs=epochs, seed=1).fit(source, observers=[Show()])
metrics = generator.metrics_
print(f"bits per character on the {metrics['part']} text: {metrics['bits_per_character']:.3f}")

for piece in generator.stream("The ", length=200, temperature=0.7):  # as it is written
    print(piece, end="", flush=True)
print()

score = generator.score("The value of the object")
likeliest = max(zip(score.log_probabilities, score.tokens, strict=True))
print(f"{score.perplexity:.1f} tokens to choose from on average; easiest: {likeliest[1]!r}")

generator.save("writer.recurra")  # tokens and network in one file
