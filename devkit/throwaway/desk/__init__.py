"""The desk's scripts and style sheets for the throw-away site, built once and when their sources change."""

import shutil
from pathlib import Path

from devkit import paths
from devkit.steps import run, step
from devkit.system_packages import required

SOURCES = Path(__file__).parent
WORKSHOP = paths.STATE / "desk"


def ensure(assets: Path, framework: Path, apps: dict[str, Path]) -> bool:
	"""Make sure that the bundles lie in the site's folder of assets; say whether they had to be built."""
	link(assets / framework.name, framework / "public")
	link(assets / "frappe", framework / "public")
	for name, folder in apps.items():
		if (folder / "public").is_dir():
			link(assets / name, folder / "public")
	_install_tools()
	link(assets / framework.name / "node_modules", WORKSHOP / "node_modules")
	stamp = WORKSHOP / "built-from"
	sources = [file for folder in apps.values() for file in sorted((folder / "public").rglob("*.bundle.*"))]
	state = paths.fingerprint(
		SOURCES / "build.mjs", *sources, WORKSHOP / "installed", framework / "__init__.py"
	)
	built = WORKSHOP / "dist" / "assets.json"
	if not built.exists() or not stamp.exists() or stamp.read_text() != state:
		with step("build the desk's scripts and style sheets"):
			arguments = [
				str(WORKSHOP / "dist"),
				str(framework),
				*(f"{name}={path}" for name, path in apps.items()),
			]
			run([required("node"), str(SOURCES / "build.mjs"), *arguments], "desk", cwd=WORKSHOP)
		stamp.write_text(state)
	link(assets / "dist", WORKSHOP / "dist")
	changed = (assets / "assets.json").read_bytes() != built.read_bytes()
	for name in ("assets.json", "assets-rtl.json"):
		shutil.copy(built, assets / name)
	return changed


def _install_tools() -> None:
	"""Install what the bundles import, and the bundler, at the versions written down."""
	stamp = WORKSHOP / "installed"
	state = paths.fingerprint(SOURCES / "package.json", SOURCES / "package-lock.json")
	if stamp.exists() and stamp.read_text() == state:
		return
	WORKSHOP.mkdir(parents=True, exist_ok=True)
	for name in ("package.json", "package-lock.json", ".npmrc"):
		shutil.copy(SOURCES / name, WORKSHOP / name)
	with step("npm packages for the desk"):
		run([required("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], "npm", cwd=WORKSHOP)
	stamp.write_text(state)


def link(place: Path, target: Path) -> None:
	"""Make a symbolic link, in place of an older one."""
	if place.is_symlink() and place.resolve() == target.resolve():
		return
	if place.is_symlink() or place.exists():
		place.unlink()
	place.symlink_to(target)
