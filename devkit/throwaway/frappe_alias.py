"""Presents the package `criscostack` under the name it was made from: `frappe`.

`criscostack` 1.0.0 is Frappe's own source of August 2023 (a 15.0.0-dev) with every name changed. Importing
this module makes `import frappe.x.y` answer with the very module object of `criscostack.x.y`, and sets the
few things right that carry the name inside. It is only ever imported in the throw-away site's own
environment (through its `.pth` file); on a bench there is a real `frappe` and no need for any of this.
"""

import importlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Correction = Callable[[Any], None]
"""Sets a module right that has just been loaded. What it changes is of no known type."""

REAL = "criscostack"
NAME = "frappe"

MOVED = {
	f"{NAME}.frappeclient": f"{REAL}.criscostackclient",
	f"{NAME}.utils.bench_helper": f"{REAL}.utils.brik_helper",
}

# module -> names in it that were changed too, as they are known to apps
RENAMED: dict[str, tuple[str, ...]] = {
	"criscostackclient": ("FrappeClient", "FrappeException", "FrappeOAuth2Client"),
	"exceptions": ("FrappeTypeError",),
	"tests.utils": ("FrappeTestCase",),
	"utils.safe_exec": ("FrappeTransformer",),
	"utils.typing_validations": ("FrappePydanticConfig",),
}


class AliasFinder(importlib.abc.MetaPathFinder):
	"""Finds `frappe.x.y` by importing `criscostack.x.y`; says nothing where that does not exist."""

	def find_spec(
		self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
	) -> ModuleSpec | None:
		"""See `importlib.abc.MetaPathFinder`."""
		if fullname != NAME and not fullname.startswith(f"{NAME}."):
			return None
		real = MOVED.get(fullname, REAL + fullname[len(NAME) :])
		try:
			module = importlib.import_module(real)
		except ModuleNotFoundError as error:
			if error.name and (real == error.name or real.startswith(f"{error.name}.")):
				return None
			raise
		return importlib.machinery.ModuleSpec(
			fullname, AliasLoader(module), is_package=hasattr(module, "__path__")
		)


class AliasLoader(importlib.abc.Loader):
	"""Hands out a module that is loaded already, and leaves it as it was."""

	def __init__(self, module: ModuleType) -> None:
		self.module = module
		self.spec = module.__spec__

	def create_module(self, spec: ModuleSpec) -> ModuleType | None:
		"""See `importlib.abc.Loader`."""
		return self.module

	def exec_module(self, module: ModuleType) -> None:
		"""Put back what the import system has just overwritten."""
		module.__spec__ = self.spec


class CorrectingFinder(importlib.abc.MetaPathFinder):
	"""Lets the modules that need a correction load as usual, and corrects them right after."""

	def find_spec(
		self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
	) -> ModuleSpec | None:
		"""See `importlib.abc.MetaPathFinder`."""
		if fullname not in CORRECTIONS:
			return None
		spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
		if spec and spec.loader:
			spec.loader = CorrectingLoader(spec.loader)
		return spec


class CorrectingLoader(importlib.abc.Loader):
	"""Loads with the module's own loader, then applies the correction kept for it."""

	def __init__(self, loader: importlib.abc.Loader) -> None:
		self.loader = loader

	def create_module(self, spec: ModuleSpec) -> ModuleType | None:
		"""See `importlib.abc.Loader`."""
		return self.loader.create_module(spec)

	def exec_module(self, module: ModuleType) -> None:
		"""See `importlib.abc.Loader`."""
		module.__loader__ = self.loader
		if module.__spec__:
			module.__spec__.loader = self.loader
		self.loader.exec_module(module)
		for correction in CORRECTIONS[module.__name__]:
			correction(module)


class InstalledApps(list[str]):
	"""A list of apps that knows the framework by both names, but counts it once."""

	def __contains__(self, app: object) -> bool:
		return super().__contains__(REAL if app == NAME else app)


def _know_installed_apps(framework: Any) -> None:
	original = framework.get_installed_apps

	def get_installed_apps(*args: Any, **kwargs: Any) -> InstalledApps:
		return InstalledApps(original(*args, **kwargs))

	framework.get_installed_apps = get_installed_apps


def _raise_permission_error(framework: Any) -> None:
	"""`has_permission(throw=True)` raises PermissionError in v15, and ValidationError in this snapshot."""
	original = framework.has_permission

	def has_permission(*args: Any, **kwargs: Any) -> Any:
		try:
			return original(*args, **kwargs)
		except framework.ValidationError as refusal:
			if type(refusal) is not framework.ValidationError:
				raise
			raise framework.PermissionError(str(refusal)) from refusal

	framework.has_permission = has_permission


def _offer_in_templates(safe_exec: Any) -> None:
	original = safe_exec.get_safe_globals

	def get_safe_globals() -> dict[str, Any]:
		names: dict[str, Any] = original()
		names[NAME] = names[REAL]
		return names

	safe_exec.get_safe_globals = get_safe_globals


def _offer_in_patches(patch_handler: Any) -> None:
	patch_handler.frappe = sys.modules[REAL]


def _find_apps_on_bench(installer: Any) -> None:
	"""An app that is on the bench needs no question to a Git host about who owns it."""
	original = installer.parse_app_name

	def parse_app_name(name: str) -> str:
		if name == NAME:
			return REAL
		if name in sys.modules[REAL].get_all_apps():
			return name
		return str(original(name))

	installer.parse_app_name = parse_app_name


def _add_names(names: Sequence[str]) -> Correction:
	def add(module: Any) -> None:
		for name in names:
			other = name.replace("Frappe", "Crisco", 1)
			if hasattr(module, other):
				setattr(module, name, getattr(module, other))

	return add


def _tell_interface_errors(module: Any) -> None:
	"""Later releases of v15 can tell a broken connection from other troubles."""
	import pymysql

	module.MariaDBDatabase.is_interface_error = staticmethod(lambda e: isinstance(e, pymysql.InterfaceError))


def _add_unique_url(module: Any) -> None:
	"""Later releases of v15 name the file's record in the address of a private file."""
	from urllib.parse import urlencode

	def unique_url(file: Any) -> str:
		return f"{file.file_url}?{urlencode({'fid': file.name})}" if file.is_private else file.file_url

	module.File.unique_url = property(unique_url)


CORRECTIONS: dict[str, list[Correction]] = {
	REAL: [_know_installed_apps, _raise_permission_error],
	f"{REAL}.utils.safe_exec": [_offer_in_templates],
	f"{REAL}.modules.patch_handler": [_offer_in_patches],
	f"{REAL}.installer": [_find_apps_on_bench],
	f"{REAL}.database.mariadb.database": [_tell_interface_errors],
	f"{REAL}.core.doctype.file.file": [_add_unique_url],
}
for _module, _names in RENAMED.items():
	CORRECTIONS.setdefault(f"{REAL}.{_module}", []).append(_add_names(_names))


def install() -> None:
	"""Put both finders in front, once."""
	if not any(isinstance(finder, AliasFinder) for finder in sys.meta_path):
		sys.meta_path[:0] = [AliasFinder(), CorrectingFinder()]


# Apps in a bench may look for the bench by Frappe's name of the variable.
if "FRAPPE_BENCH_ROOT" in os.environ:
	os.environ.setdefault("CRISCOSTACK_BENCH_ROOT", os.environ["FRAPPE_BENCH_ROOT"])

install()
