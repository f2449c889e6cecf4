import sys
from pathlib import Path

# The import mode of the tests adds no folder to the path; the networks stand with the models.
sys.path.insert(0, str(Path(__file__).parents[1] / "models"))
sys.path.insert(0, str(Path(__file__).parent))
