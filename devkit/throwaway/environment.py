"""The Python environment of the throw-away site."""

from pathlib import Path

from devkit.python_env import Environment

HERE = Path(__file__).resolve().parent
ENVIRONMENT = Environment(
	name="site",
	lock=HERE / "requirements" / "platform.lock",
	oldest=(3, 10),
	newest=(3, 11),
	imports=(str(HERE / "standin"), "import devkit.throwaway.frappe_alias"),
)
