"""The packages beside this one: `vidgen`, `crowd`, `analysis` and `templates` are installed in one place.

Their names are common. A user's own file or folder of such a name, beside a notebook or in the current directory, comes
first on Python's path, and `import` would take it for ours.
"""

import logging
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType

_PLACE = Path(__file__).resolve().parents[1]

_log = logging.getLogger("crowd")


def take(*names: str, quiet: bool = False) -> None:
    """Import these packages from where this one is, where Python would find something else under their names.

    Args:
        names: packages beside this one.
        quiet: do not warn that something else is hidden, since nobody wants to import it here.

    Raises:
        ImportError: something else was imported under one of the names before.
    """
    taken = [_ours(name, found, quiet) for name in names if (found := foreign(name))]
    for module in taken:
        assert module.__spec__ is not None  # noqa: S101  it was made from one
        assert module.__spec__.loader is not None  # noqa: S101
        module.__spec__.loader.exec_module(module)


def warn_of(name: str) -> None:
    """Warn where `import` gives something else than the package beside this one."""
    found = foreign(name)
    if found and name not in sys.modules:
        _log.warning("`import %s` gives %s, not crowd-video-evaluation's package: rename it to use both", name, found)


def foreign(name: str) -> str | None:
    """Where `import` finds something else than the package beside this one; None where it finds that, or nothing."""
    try:
        found = find_spec(name)
    except ValueError:  # it was put into sys.modules by hand
        found = ModuleSpec(name, None, origin=getattr(sys.modules[name], "__file__", None))
    if found is None or not (_PLACE / name).is_dir():
        return None
    if found.origin and Path(found.origin).resolve() == _PLACE / name / "__init__.py":
        return None
    return str(found.origin or next(iter(found.submodule_search_locations or ()), "a module without a file"))


def _ours(name: str, found: str, quiet: bool) -> ModuleType:
    """The package beside this one, not run yet, under its name."""
    if name in sys.modules:
        raise ImportError(
            f"crowd-video-evaluation needs its package {name}, and {found} was imported under that name: rename that "
            "file or folder"
        )
    if not quiet:
        _log.warning("%s is now crowd-video-evaluation's package, not %s: rename that one to use both", name, found)
    spec = PathFinder.find_spec(name, [str(_PLACE)])
    assert spec is not None  # noqa: S101  the folder is there
    module = sys.modules[name] = module_from_spec(spec)
    return module
