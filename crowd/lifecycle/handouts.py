"""The files from which participants' links are handed out: a sheet of QR codes, and a table for a mail program."""

import html
import re
from pathlib import Path

from crowd.localplatform import people
from crowd.localplatform.studyfile import StudyFile
from crowd.recruiters.mail_merge import Recipient, rows_of, write_table
from crowd.recruiters.qrsheet import write_sheet
from crowd.studydir import StudyDirectory
from crowd.worker_ids import is_erased


def check_writable(study_dir: Path) -> None:
    """Refuse to invite where the table of links could not be written afterwards.

    Raises:
        ValueError: a file of its name is not such a table.
        OSError: it cannot be read.
    """
    rows_of(StudyDirectory(study_dir).recipients)


def write(study_dir: Path, address: str) -> int:
    """Write both files, with the links of all people who have one of their own; return how many are on the sheet.

    Revoked links are left out of the sheet, and marked in the table. Nothing of people who were erased stays in either.

    Raises:
        ValueError: a file of the table's name is not such a table.
        OSError: a file cannot be written.
    """
    files, everybody = StudyDirectory(study_dir), people.everybody(study_dir)
    erased = {one.number for one in everybody if one.number and is_erased(one.worker_id)}
    recipients = [
        Recipient(number=one.number, link=address + one.path, country=one.country, revoked=one.revoked)
        for one in everybody
        if one.number and not one.recruiter and one.number not in erased
    ]
    shown = [one for one in recipients if not one.revoked]
    words = StudyFile(study_dir).values()
    write_sheet(files.sheet, [one.link for one in shown], [one.number for one in shown], words)
    write_table(files.recipients, recipients, without=erased)
    return len(shown)


def write_again(study_dir: Path) -> None:
    """Write both files again with the same address, if they are there."""
    if address := address_in(study_dir):
        write(study_dir, address)


def address_in(study_dir: Path) -> str | None:
    """The address that the links on the sheet begin with; None if there is no sheet."""
    sheet = StudyDirectory(study_dir).sheet
    if not sheet.exists():
        return None
    found = re.search(r"<code>([^<]*)/p/", sheet.read_text(encoding="utf-8", errors="replace"))
    return html.unescape(found[1]) if found else None
