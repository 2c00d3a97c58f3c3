"""The JSON Schemas that packages ship, made from the dataclasses behind the files: `python -m tests.schemas`.

`SCHEMAS` is the one list: a schema's place below the repository, without its ending, and what it is made from. Fields
are described by the docstrings below them. A schema carries the version of its file, which `schema_version` must have.
"""

import ast
import inspect
import json
import textwrap
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_type_hints

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from analysis.questions.kinds import kind_of, kinds
from analysis.records.contents import ReportContents
from crowd.design import study_file
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.design.study_values import CHOICES, RANGES
from crowd.fileformat import VERSION, VERSIONS, WRITTEN_BY
from crowd.questions import KINDS
from crowd.questions import kind_of as asked_kind
from crowd.questions.instructions import Example, QuizQuestion
from crowd.questions.question import Question
from crowd.recruiters import NAMES, settings_class
from vidgen.attribute_report import AttributeReport
from vidgen.judge_report import JudgeReport
from vidgen.runrecord import RunRecord

ROOT = Path(__file__).parents[1]
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What a schema is made from."""

    file: str
    """The file that it describes; without a version of its own where `crowd.fileformat.VERSIONS` lacks it."""
    kind: type
    """The dataclass that is written to the file."""
    finish: Callable[[Schema], Schema] = lambda schema: schema
    """Changes the schema where the file holds more, or less, than the dataclass."""
    page: Path | None = None
    """The page of documentation that is made from the schema."""

    def schema(self) -> Schema:
        """The schema of the file."""
        return stamped(self.file, self.finish(of_dataclass(self.kind)))


class _Plain(GenerateJsonSchema):
    """Leaves out titles that only repeat a key."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def of_dataclass(kind: type) -> Schema:
    """The schema of a dataclass, each field described by the docstring below it."""
    found = TypeAdapter(kind).json_schema(schema_generator=_Plain)
    parts: dict[str, Schema] = found.pop("$defs", {})
    for name, record in _records(kind).items():
        part = found if record is kind else parts[name]
        part.pop("title", None)
        part["description"] = _in_one_line((inspect.getdoc(record) or "").split("\n\n")[0])
        for key, text in _docstrings(record).items():
            if key in part["properties"]:  # not a constant of the class
                part["properties"][key]["description"] = text
    return found | {"$defs": parts}


def _records(kind: Any) -> dict[str, type]:
    """The dataclasses that a type holds, itself included, by their names."""
    found: dict[str, type] = {kind.__name__: kind} if is_dataclass(kind) else {}
    inner = get_type_hints(kind).values() if found else get_args(kind)
    for each in inner:
        found |= _records(each)
    return found


def _docstrings(kind: type) -> dict[str, str]:
    """For each field of a dataclass the docstring that stands below it, also of those that it inherits."""
    found = {}
    for base in reversed([one for one in kind.__mro__ if is_dataclass(one)]):
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        for field, text in pairwise(definition.body):  # type: ignore[attr-defined]
            is_text = isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)
            if isinstance(field, ast.AnnAssign) and is_text:
                found[field.target.id] = _in_one_line(str(text.value.value))  # type: ignore[union-attr]
    return found


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def stamped(file: str, schema: Schema) -> Schema:
    """The schema with what every file says of itself."""
    head: Schema = {"$schema": DIALECT, "title": file}
    if file not in VERSIONS:
        return head | schema
    stamps = {
        VERSION: {"const": VERSIONS[file], "description": "Version of this schema."},
        WRITTEN_BY: {"type": "string", "description": "The release that wrote the file."},
    }
    # A file of which every key may be left out, as people write them, may leave out these too.
    needed = {"required": [VERSION, WRITTEN_BY, *schema["required"]]} if "required" in schema else {}
    return head | schema | {"properties": stamps | schema["properties"]} | needed


def _design(schema: Schema) -> Schema:
    """design.json has hashes beside the fields of `Design`, and each video without its directory."""
    sha256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    schema["properties"] |= {
        "plan_sha256": sha256 | {"description": "SHA-256 of the plan: of its JSON, keys sorted, no spaces, UTF-8."},
        "shown_sha256": sha256 | {"description": "SHA-256 of what participants see and are paid."},
    }
    schema["required"] = [*schema["required"], "plan_sha256"]
    del schema["$defs"]["Video"]["properties"]["directory"]
    schema["properties"]["videos_dir"]["description"] = "The videos directory, relative to the study directory."
    return schema


def _study(_: Schema) -> Schema:
    """study.toml has the fields of `Study` in sections; every key may be left out."""
    sections = {
        name: {"type": "object", "description": text, "additionalProperties": False, "properties": {}}
        for name, text in study_file.SECTIONS.items()
    }
    for name in study_file.FREE_SECTIONS:
        sections[name]["additionalProperties"] = {"type": "string"}
    hints = get_type_hints(Study)
    for field in fields(Study):
        section = str(field.metadata["section"])
        if section in sections and section not in study_file.FREE_SECTIONS:
            own = _of_key(field.name, hints[field.name]) | {"default": getattr(Study(), field.name)}
            sections[section]["properties"][field.name] = own | {"description": field.metadata["doc"]}
    sections[study_file.RECRUIT]["properties"] |= {name: _recruiter(name) for name in NAMES}
    for field in fields(Study):
        if field.name in study_file.LISTS:
            sections[field.name] = {
                "type": "array",
                "description": field.metadata["doc"],
                "items": _TABLES[field.name](),
            }
    described = "A study for vidgen. Every key may be left out; it then has its default."
    return {"type": "object", "description": described, "additionalProperties": False, "properties": sections}


def _question(kind: type[Question]) -> Schema:
    """A table of ``[[questions]]`` of one kind."""
    hints = get_type_hints(kind)
    properties: Schema = {"kind": {"const": kind.KIND, "description": (inspect.getdoc(kind) or "").split("\n\n")[0]}}
    for field in fields(kind):
        allowed, between = field.metadata.get("allowed"), field.metadata.get("between")
        own: Schema = {"enum": list(allowed)} if allowed else dict(_TYPES[hints[field.name]])
        own |= {"minimum": between[0], "maximum": between[1]} if between else {}
        own |= {} if field.name == "id" else {"default": field.default}
        properties[field.name] = own | {"description": field.metadata["doc"]}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "id"],
        "properties": properties,
    }


def _recruiter(name: str) -> Schema:
    """The table ``[recruit.NAME]`` of a recruiter."""
    kind = settings_class(name)
    hints = get_type_hints(kind)
    properties: Schema = {}
    for field in fields(kind):
        own = {} if field.default is MISSING else {"default": field.default}
        properties[field.name] = _TYPES[hints[field.name]] | own | {"description": field.metadata["doc"]}
    needed = [field.name for field in fields(kind) if field.default is MISSING]
    return {"type": "object", "additionalProperties": False, "required": needed, "properties": properties}


def _closed(kind: type) -> Schema:
    """A table all of whose keys are needed."""
    hints = get_type_hints(kind)
    properties = {field.name: _TYPES[hints[field.name]] for field in fields(kind)}
    return {"type": "object", "additionalProperties": False, "required": [*properties], "properties": properties}


#: The tables of each list of tables.
_TABLES: dict[str, Callable[[], Schema]] = {
    "questions": lambda: {"oneOf": [_question(asked_kind(name)) for name in KINDS]},
    "examples": lambda: _closed(Example),
    "quiz": lambda: _closed(QuizQuestion),
}
#: The types of settings.
_TYPES: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    tuple[dict[str, Any], ...]: {"type": "array", "items": {"type": "object"}},
    tuple[str, ...]: {"type": "array", "items": {"type": "string"}},
}


def _of_key(name: str, hint: Any) -> Schema:
    """The values that a key of the study file can have."""
    if name in CHOICES:
        return {"enum": list(CHOICES[name])}
    if hint not in _TYPES:
        return {"type": ["integer", "string"]}
    low, high = RANGES.get(name, (None, None))
    return _TYPES[hint] | ({} if low is None else {"minimum": low, "maximum": high})


def _report(schema: Schema) -> Schema:
    """report.json has in `details` of a question what only its kind has."""
    refs = []
    for name in kinds():
        kind = kind_of(name).details
        if is_dataclass(kind):
            own = of_dataclass(kind)
            schema["$defs"] |= own.pop("$defs") | {kind.__name__: own}
            refs.append({"$ref": f"#/$defs/{kind.__name__}"})
    schema["$defs"]["QuestionResult"]["properties"]["details"] |= {"anyOf": [*refs, {"type": "null"}]}
    return schema


SCHEMAS = {
    "analysis/schemas/report": Source(
        file="report.json", kind=ReportContents, finish=_report, page=ROOT / "docs" / "report-json.md"
    ),
    "crowd/schemas/design": Source(file="design.json", kind=Design, finish=_design),
    "crowd/schemas/study": Source(file="study.toml", kind=Study, finish=_study),
    "vidgen/schemas/attributes": Source(file="attributes.json", kind=AttributeReport),
    "vidgen/schemas/judge": Source(file="judge.json", kind=JudgeReport),
    "vidgen/schemas/run": Source(file="run.json", kind=RunRecord),
}


def path_of(name: str) -> Path:
    """Where a schema is shipped."""
    return ROOT / f"{name}.schema.json"


def text_of(name: str) -> str:
    """What a shipped schema holds."""
    return json.dumps(SCHEMAS[name].schema(), ensure_ascii=False, indent=1) + "\n"


def page_of(name: str) -> str:
    """The page that documents a schema key by key."""
    schema = SCHEMAS[name].schema()
    file = SCHEMAS[name].file
    parts = [
        f"# {file}\n\nMade by `python -m tests.schemas` from `{name}.schema.json`, a "
        f"[JSON Schema](https://json-schema.org) that the package ships; version {VERSIONS[file]}.\n\n"
        + _wrapped(schema["description"]),
        _table(schema),
    ]
    for title, part in schema["$defs"].items():
        parts.append(f"## {title}\n\n{_wrapped(part['description'])}\n\n{_table(part)}")
    return "\n\n".join(parts) + "\n"


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(" ".join(text.split()), 132))


def _table(schema: Schema) -> str:
    rows = [
        f"| `{key}` | {_kind(part)} | {part.get('description', '').replace('|', chr(92) + '|')} |"
        for key, part in schema["properties"].items()
    ]
    return "\n".join(["| key | holds | meaning |", "|---|---|---|", *rows])


def _kind(part: Schema) -> str:
    """The type of a value in words, with links to the records."""
    if "$ref" in part:
        name = part["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in part:
        return " or ".join(_kind(one) for one in part["anyOf"])
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    if part.get("type") == "array":
        return f"list of {_kind(part['items'])}"
    if part.get("type") == "object" and isinstance(part.get("additionalProperties"), dict):
        return f"object of {_kind(part['additionalProperties'])}"
    names = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    return names.get(part.get("type", ""), part.get("type", "anything"))


def main() -> None:
    """Write every schema, and the pages that are made from them."""
    for name, source in SCHEMAS.items():
        path_of(name).parent.mkdir(exist_ok=True)
        path_of(name).write_text(text_of(name), encoding="utf-8")
        if source.page:
            source.page.write_text(page_of(name), encoding="utf-8")


if __name__ == "__main__":
    main()
