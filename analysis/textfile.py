"""Tables in text files: their compression, encoding and dialect, and their rows, each as wide as the header."""

import codecs
import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO, cast

#: Endings of text files with what separates their cells, unless the header shows another.
SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}

_CHUNK = 1 << 20
_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True, slots=True)
class TextFile:
    """How a text file is to be read."""

    path: Path
    sha256: str
    encoding: str
    separator: str
    #: Lines before the header: blank ones, and Excel's `sep=;`.
    skipped: int
    header: list[str]

    def rows(self) -> Iterator[list[str]]:
        """The rows below the header, without blank ones.

        Raises:
            ValueError: a row has more or fewer cells than the header, or quotes are wrong; with the line's number.
        """
        with _opened(self.path, self.encoding) as lines:
            for _ in range(self.skipped):
                next(lines)
            reader = csv.reader(lines, delimiter=self.separator, strict=True)
            width, line = len(self.header), 0
            try:
                next(reader)
                line = reader.line_num
                for row in reader:
                    if len(row) != width:
                        if any(cell.strip() for cell in row):
                            raise ValueError(f"{self._place(line)}: {self._ragged(len(row), width)}")
                    elif row[0] or any(cell.strip() for cell in row):
                        yield row
                    line = reader.line_num
            except csv.Error as error:
                raise ValueError(f"{self._place(line)}: {_reason(error)}") from None

    def _place(self, line: int) -> str:
        return f"{self.path}: line {line + 1 + self.skipped}"

    def _ragged(self, cells: int, width: int) -> str:
        word = _WORDS[self.separator]
        hint = f"; put quotes around a cell that holds a {word}" if cells > width else ""
        few = "few" if cells < width else "many"
        return f"too {few} cells, {cells} where the header has {width}{hint}"


def _reason(error: csv.Error) -> str:
    text = str(error)
    if "end of data" in text:
        return "a quote is opened and never closed"
    if "field limit" in text:
        return "a quote is never closed, or a cell has more than 131,072 characters"
    if "expected after" in text:
        return "text follows a closing quote; a quote within a quoted cell is written twice"
    return text


def look_at(path: Path, known: Collection[str]) -> TextFile:
    """How a text file is to be read: its encoding from its bytes, its separator from its header.

    `known` are column names that the header may have; the separator that shows most of them is taken.

    Raises:
        ValueError: the file is empty, no text, or compressed and broken.
        OSError: it cannot be read.
    """
    encoding = _encoding(path)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with _opened(path, encoding) as lines:
        blank, first = _first_line(lines)
    said = re.fullmatch(r'"?sep=(.)"?[,;\t]*', first.strip("\r\n"), re.IGNORECASE)
    candidates = [said[1]] if said and said[1] in _WORDS else [SEPARATORS[_suffix(path)], *_WORDS]
    headers = {}
    for separator in dict.fromkeys(candidates):
        with _opened(path, encoding) as lines:
            headers[separator] = _header(lines, separator, skipped=blank + bool(said))
    best = max(headers, key=lambda one: (len(set(known) & {name.strip() for name in headers[one]}), len(headers[one])))
    if not any(name.strip() for name in headers[best]):
        raise ValueError(f"{path}: an empty file")
    return TextFile(path, sha256, encoding, best, blank + bool(said), headers[best])


def _suffix(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix.lower() == ".gz" else path.suffix.lower()


def _first_line(lines: TextIO) -> tuple[int, str]:
    """How many blank lines the text begins with, and the first line that is not blank."""
    return next(((blank, line) for blank, line in enumerate(lines) if line.strip()), (0, ""))


def _header(lines: TextIO, separator: str, *, skipped: int) -> list[str]:
    for _ in range(skipped):
        next(lines, "")
    try:
        return next(csv.reader(lines, delimiter=separator, strict=True), [])
    except csv.Error:
        return []


@contextmanager
def _bytes(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            yield cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if path.suffix.lower() == ".gz" else file
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path}: not a readable table: broken gzip ({error})") from None


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """The file's text, line ends as they are."""
    with _bytes(path) as file:
        try:
            yield io.TextIOWrapper(file, encoding=encoding, newline="")
        except UnicodeError as error:
            kind = "UTF-8 or Windows-1252" if encoding == "cp1252" else encoding.removesuffix("-sig").upper()
            raise ValueError(f"{path}: not {kind} text ({error}); save it as UTF-8") from None


def _encoding(path: Path) -> str:
    """UTF-8, -16 or -32 by its mark or its bytes, else Windows-1252.

    Raises:
        ValueError: it can be none of them.
    """
    with _bytes(path) as file:
        head = file.read(4096)
        if not head:
            raise ValueError(f"{path}: an empty file")
        for mark, name in _BOMS.items():
            if head.startswith(mark):
                return name
        zeros = [head[place::2].count(0) / max(len(head) // 2, 1) for place in (0, 1)]
        if max(zeros) > 0.3 and min(zeros) < 0.1:
            return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
        file.seek(0)
        return _of_bytes(path, file)


def _of_bytes(path: Path, file: IO[bytes]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding, at = "utf-8", 0
    while chunk := file.read(_CHUNK):
        if 0 in chunk:
            raise ValueError(f"{path}: not a readable table: no text (a zero byte at {at + chunk.index(0)})")
        if encoding == "utf-8":
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                encoding = "cp1252"
        at += len(chunk)
    if encoding == "utf-8":
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = "cp1252"
    return encoding
