"""`crowd.preview` shows tasks as participants see them, and leaves nothing behind but the pages."""

from pathlib import Path

import pytest

from crowd.lifecycle.preview import preview
from tests import browsers
from tests.cli.program import vidgen
from tests.crowd.clips import write_videos


@pytest.fixture
def videos_dir(tmp_path: Path) -> Path:
    """Videos for several tasks."""
    return write_videos(tmp_path / "videos", per_label=4)


def test_nothing_is_written_but_the_pages(tmp_path: Path, videos_dir: Path) -> None:
    """The study stays as it is; each different task has a page, as far as they are asked for."""
    study = tmp_path / "study"
    study.mkdir()
    (study / "study.toml").write_text("[design]\nvideos_per_hit = 4\n")
    before = sorted(path for path in tmp_path.rglob("*"))
    shown = preview(study, videos_dir, tmp_path / "pages", tasks=2)
    assert [page.name for page in shown.pages] == ["task-1.html", "task-2.html"]
    assert shown.num_tasks > 2
    assert shown.pages[0].read_text(encoding="utf-8") != shown.pages[1].read_text(encoding="utf-8")
    after = sorted(path for path in tmp_path.rglob("*") if (tmp_path / "pages") not in (path, *path.parents))
    assert after == before


def test_the_command_prints_the_pages(tmp_path: Path, videos_dir: Path) -> None:
    """And says how many tasks there are besides."""
    done = vidgen("preview", str(videos_dir), "--study", str(tmp_path / "none"), "--out", str(tmp_path / "pages"))
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "pages" / "task-1.html") in done.stdout
    assert not (tmp_path / "none").exists()


@pytest.mark.browser("chromium")
def test_the_page_opens_and_asks_for_nothing_outside(tmp_path: Path, videos_dir: Path, chromium: object) -> None:
    """It begins with the consent, and going on leads to the clips, which play from their folder."""
    page = preview(tmp_path, videos_dir, tmp_path / "pages").pages[0]
    driver: browsers.webdriver.Remote = chromium  # type: ignore[assignment]
    driver.get(page.as_uri())
    seen = set()
    for _ in range(6):
        seen.update(one.get_attribute("src") for one in driver.find_elements("css selector", "video"))
        buttons = driver.find_elements("css selector", "main button.primary, footer button.primary, button.primary")
        if not buttons or not buttons[0].is_enabled():
            break
        buttons[0].click()
    assert any(source and source.startswith("file:") for source in seen), driver.page_source[-2000:]
