"""The page of a plan in a real browser, from a real build opened from the disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser import browser, watch

__all__ = ["browser"]

CONFIG = """site_name: Small
use_directory_urls: false
theme: {name: material, font: false}
plugins:
  - i18n:
      docs_structure: suffix
      languages:
        - {locale: en, name: English, default: true, build: true}
        - {locale: zh-TW, name: 繁體中文, build: true}
  - labguide
markdown_extensions: [attr_list]
"""
PLAN = """---
kind: plan
minutes: 60
start: "23:30"
---

# A class {#class}

### 1. Instructor Do: Welcome (20 min) {#welcome}

### 2. Break (15 min)

### 3. Students Do: Try (10.5 min)

### End
"""
CHINESE = """---
kind: plan
minutes: 60
start: "23:30"
---

# 一堂課 {#class}

### 1. 講師：歡迎（20 分鐘）{#welcome}

### 2. 休息（15 分鐘）

### 3. 學員：試試看（10.5 分鐘）

### 結束
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published site with one plan in two languages."""
    root = tmp_path_factory.mktemp("class")
    files = {
        "mkdocs.yml": CONFIG,
        "docs/index.md": "# Small\n",
        "docs/plans/class.md": PLAN,
        "docs/plans/class.zh-TW.md": CHINESE,
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    command = [sys.executable, "-m", "labguide", "build", "--edition", "instructor"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    return root / "site-instructor"


def _clocks(page: Page) -> list[str]:
    return page.locator(".schedule-clock").all_text_contents()


@pytest.mark.parametrize("path", ["plans/class.html", "zh-TW/plans/class.html"])
def test_another_start_moves_all_clock_times(browser: Browser, site: Path, path: str) -> None:
    page = browser.new_page()
    complaints = watch(page)
    page.goto((site / path).as_uri())
    assert _clocks(page) == ["23:30", "23:50", "00:05 +1", "00:15 +1"]
    page.locator(".schedule-start input").fill("13:05")
    expect(page.locator(".schedule-clock").first).to_have_text("13:05")
    assert _clocks(page) == ["13:05", "13:25", "13:40", "13:50"]
    assert complaints == []
    page.close()


@pytest.mark.parametrize("path", ["plans/class.html", "zh-TW/plans/class.html"])
def test_tracker_leads_back_to_its_plan_in_the_same_language(browser: Browser, site: Path, path: str) -> None:
    page = browser.new_page()
    page.goto((site / path).as_uri())
    page.locator('article a[href*="tracker"]').click()
    page.wait_for_url("**/class-tracker*")
    page.locator('header nav a[href$="class.html"]').click()
    page.wait_for_url((site / path).as_uri())
    page.close()


def test_field_is_named_in_the_language_of_the_page(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto((site / "zh-TW/plans/class.html").as_uri())
    expect(page.get_by_label("上課時間")).to_have_value("23:30")
    page.close()


def test_schedule_stands_without_javascript(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "plans/class.html").as_uri())
    assert _clocks(page) == ["23:30", "23:50", "00:05 +1", "00:15 +1"]
    assert page.locator(".schedule-start input").count() == 0
    context.close()


def test_each_step_is_linked_to_its_heading(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto((site / "plans/class.html").as_uri())
    page.locator("article table").get_by_role("link", name="Try").click()
    assert page.url.endswith("#activity-3")
    assert page.locator("#activity-3").count() == 1
    page.close()


def test_tracker_and_spreadsheet_are_linked(browser: Browser, site: Path) -> None:
    page = browser.new_page()
    page.goto((site / "zh-TW/plans/class.html").as_uri())
    links = page.locator("article a")
    found = [str(links.nth(at).evaluate("each => each.href")) for at in range(links.count())]
    published = {str((site / "plans" / name).as_uri()) for name in ("class-tracker.zh-TW.html", "class.zh-TW.xlsx")}
    assert published <= set(found)
    assert all((site / "plans" / name.rpartition("/")[2]).is_file() for name in published)
    page.close()
