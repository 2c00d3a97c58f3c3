"""Writes docs/api.md from the docstrings of what the packages export: `python -m docs.generate_api`."""

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("api.md")
PACKAGES = ("vidgen", "crowd", "analysis")
SECTIONS = ("Args", "Returns", "Yields", "Raises", "Example")
_HEAD = """# Python interface

What the commands do, for notebooks and scripts: `import vidgen, crowd, analysis`. Made from the docstrings by
`python -m docs.generate_api`; a test runs every example. Amounts are in dollars and times in seconds.

Where a file or folder of your own is called `crowd`, `analysis` or `templates`, Python may find it first: a line says
so when `crowd` or `analysis` is imported. Rename yours, or start Python elsewhere. The programs are not affected.
"""
_WIDTH = 110


def text() -> str:
    """The page."""
    return "\n".join([_HEAD, *(part for name in PACKAGES for part in _package(name))])


def sections_of(documented: Any) -> dict[str, str]:
    """The parts of a docstring by their heading; what comes before the first has the heading ""."""
    parts = re.split(rf"^({'|'.join(SECTIONS)}):\n", inspect.getdoc(documented) or "", flags=re.MULTILINE)
    found = {heading: textwrap.dedent(body).strip("\n") for heading, body in zip(parts[1::2], parts[2::2], strict=True)}
    return {"": parts[0].strip(), **found}


def entries(section: str) -> dict[str, str]:
    """The entries of a section like Args: name → description."""
    found: dict[str, str] = {}
    for line in section.splitlines():
        name, colon, rest = line.partition(":")
        if colon and not line.startswith(" "):
            found[name] = rest.strip()
        elif found:
            found[list(found)[-1]] += f" {line.strip()}"
    return found


def _package(name: str) -> Iterator[str]:
    package = importlib.import_module(name)
    public = {public_name: getattr(package, public_name) for public_name in getattr(package, "__all__", ())}
    yield f"## {name}\n\n{_paragraphs(sections_of(package)[''].partition('>>>')[0])}\n"
    for public_name, value in public.items():
        if inspect.isfunction(value):
            yield _function(f"{name}.{public_name}", value)
    for public_name, value in public.items():
        if inspect.isclass(value):
            yield _class(f"{name}.{public_name}", value)


def _function(name: str, function: Any) -> str:
    sections = sections_of(function)
    lines = [f"### {name}\n", f"```python\n{_signature(name, function)}\n```\n", _paragraphs(sections.pop("")), ""]
    for heading, body in sections.items():
        if heading == "Example":
            lines += [f"```python\n{body}\n```", ""]
        elif heading in ("Args", "Raises"):
            lines += [f"**{heading}**\n", *(_entry(key, value) for key, value in entries(body).items()), ""]
        else:
            lines += [_paragraphs(f"**{heading}** {body}"), ""]
    return "\n".join(lines)


def _class(name: str, documented: type) -> str:
    fields = [_entry(field, said) for field, said in _fields(documented)]
    parts = [f"### {name}\n", _paragraphs(sections_of(documented)[""]), ""]
    return "\n".join([*parts, *fields, ""] if fields else parts)


def _entry(name: str, said: str) -> str:
    return _wrapped(f"- `{name}`: {said}" if said else f"- `{name}`", "  ")


def _fields(documented: type) -> Iterator[tuple[str, str]]:
    """Fields of a class with the text that documents each, then its properties and methods with their first lines."""
    body = _definition(documented).body
    metadata = {field.name: field.metadata for field in getattr(documented, "__dataclass_fields__", {}).values()}
    for node, following in zip(body, [*body[1:], ast.Pass()], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id[0] != "_":
            below = following.value if isinstance(following, ast.Expr) else None
            said = below.value if isinstance(below, ast.Constant) else metadata.get(node.target.id, {}).get("doc", "")
            yield f"{node.target.id}: {_annotation(node.annotation)}", " ".join(str(said).split())
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
            is_property = any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
            returns = _annotation(node.returns) if node.returns else "None"
            shown = f"{node.name}: {returns}" if is_property else _signature(node.name, node)
            yield shown, (ast.get_docstring(node) or "").partition("\n")[0]


def _signature(name: str, function: Any) -> str:
    definition = _definition(function)
    returns = _annotation(definition.returns) if definition.returns else "None"
    if not isinstance(function, ast.AST):
        _fill_defaults(definition, function)
    if any(ast.unparse(decorator) == "contextmanager" for decorator in definition.decorator_list):
        returns = returns.replace("Iterator", "ContextManager", 1)
    arguments = list(_arguments(definition))
    line = f"{name}({', '.join(arguments)}) -> {returns}"
    if len(line) <= _WIDTH:
        return line
    listed = "".join(f"    {argument},\n" for argument in arguments)
    return f"{name}(\n{listed}) -> {returns}"


def _fill_defaults(definition: ast.FunctionDef, function: Any) -> None:
    """Put texts and numbers in the place of names that stand for them as defaults."""
    parameters = inspect.signature(inspect.unwrap(function)).parameters
    arguments = definition.args

    def value(argument: ast.arg, default: ast.expr) -> ast.expr:
        found = parameters[argument.arg].default
        return ast.Constant(found) if isinstance(found, str | int | float | None) else default

    named = arguments.args[len(arguments.args) - len(arguments.defaults) :]
    arguments.defaults = [value(*pair) for pair in zip(named, arguments.defaults, strict=True)]
    keywords = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    arguments.kw_defaults = [default and value(argument, default) for argument, default in keywords]


def _arguments(definition: ast.FunctionDef) -> Iterator[str]:
    """Each argument with its annotation and default, as they are written; stars stand apart."""
    arguments = definition.args
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + arguments.defaults
    for argument, default in zip(arguments.args, defaults, strict=True):
        if argument.arg not in ("self", "cls"):
            yield _argument(argument, default)
    if arguments.vararg or arguments.kwonlyargs:
        yield "*" + (_argument(arguments.vararg) if arguments.vararg else "")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _argument(argument, default)
    if arguments.kwarg:
        yield "**" + _argument(arguments.kwarg)


def _argument(argument: ast.arg, default: ast.expr | None = None) -> str:
    annotation = f": {_annotation(argument.annotation)}" if argument.annotation else ""
    return argument.arg + annotation + (f" = {ast.unparse(default)}" if default else "")


def _annotation(node: ast.expr) -> str:
    """An annotation as it is written, without quotation marks around names of modules that are loaded late."""
    return re.sub(r"'([^']*)'", r"\1", ast.unparse(node)) if isinstance(node, ast.Constant) else ast.unparse(node)


def _definition(documented: Any) -> Any:
    if isinstance(documented, ast.AST):
        return documented
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(documented)))).body[0]


def _paragraphs(said: str) -> str:
    """The text with its paragraphs wrapped anew."""
    return "\n\n".join(_wrapped(" ".join(paragraph.split())) for paragraph in re.split(r"\n\s*\n", said.strip()))


def _wrapped(line: str, indent: str = "") -> str:
    return textwrap.fill(line, 140, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
