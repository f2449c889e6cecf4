import sys
from pathlib import Path

# The import mode of the tests adds no folder to the path; the sequences stand here.
sys.path.insert(0, str(Path(__file__).parent))
