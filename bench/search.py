"""What a reader finds who looks for a term in Chinese, in the pages of another project.

    bench/search.py FOLDER

takes all Markdown files below a folder that are written in Chinese, builds a site of them, and asks its search for
terms that stand in the middle of sentences: 40 of the trade, and 200 pieces of the pages themselves, two to six
characters long.
The truth is plain: a page is right if its text has the term. *Recall* is the share of the right pages that are found,
*precision* the share of right ones among the first five shown. Both are the mean over all terms that some page has.

The row below is the theme's own search on the same pages, told to take each character for a word. Both are asked in
node, by the very scripts that a browser loads. Goal: a recall of 0.97 and a precision of 0.95.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
LABGUIDE = Path(sys.executable).parent / "labguide"
MKDOCS = """\
site_name: Bench
theme: {name: material, font: false, language: zh-TW}
plugins: [search, labguide: {unrun_code: [{show: true}]}]
markdown_extensions: [attr_list, tables, admonition, pymdownx.superfences]
validation: {anchors: ignore, unrecognized_links: ignore, absolute_links: ignore, not_found: ignore}
"""
TERMS = """
使用者 端點 儲存 伺服器 資料庫 檔案 目錄 函式 參數 變數 物件 陣列 字串 迴圈 元件 狀態 事件 執行緒 記憶體 效能
安裝 設定 環境變數 套件 模組 相依性 版本 測試 錯誤訊息 例外 回應 請求 驗證 權限 網路 瀏覽器 連線 部署 訓練 模型
""".split()  # noqa: SIM905
CHARACTERS = r"[\s\u200b\u3000\-、。，．？！；：（）「」]+|(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])(?=[A-Za-z0-9])"
"""Makes each character a word, for the theme's own search."""
FOREIGN = tuple(
    (re.compile(pattern, re.S | re.M), kept)
    for pattern, kept in (
        (r"\A---\n.*?\n---\n", ""),
        (r"^[> \t]*(`{3,}|~{3,})[^\n]*$.*?^[> \t]*\1[`~ \t]*$|<!--.*?-->", ""),
        (r"!?\[([^\[\]]*)\](?:\([^()\n]*\)|\[[^\]\n]*\])", r"\1"),
        (r"</?\w[^<>\n]*>|\{#[^}\n]*\}|^[> \t]*(?:[-*] +)?(?:```|~~~|\{[*!]|--8<--|\[TOC\])[^\n]*$", ""),
        (r"^\[[^\]\n]+\]:[^\n]*$", ""),
    )
)
"""What a site of these pages alone cannot have: front matter, code, links, and HTML."""
HAN = re.compile(r"[\u3400-\u9fff]")
RUN = re.compile(r"[\u3400-\u9fff]{6,}")
WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s+(?=[\u3000-\u9fff\uff00-\uffef])")


@dataclass(frozen=True)
class Found:
    """How well a search did: two shares, and milliseconds until it was ready and for a question."""

    recall: float
    precision: float
    ready: float
    asked: float


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seed", default=1, show_default=True, help="Which pieces of the pages are looked for.")
def main(folder: Path, seed: int) -> None:
    """Measure what is found in the Chinese pages of FOLDER."""
    with TemporaryDirectory(prefix="bench-") as temporary:
        site, count = _built(Path(temporary), folder)
        texts = _texts(site)
        pieces = _pieces(texts, random.Random(seed))  # noqa: S311
        table = Table(title=f"{count} pages", title_justify="left")
        for heading in ("search", "terms", "recall", "precision", "ready ms", "asked ms", "index KB", "gzip KB"):
            table.add_column(heading, justify="left" if heading == "search" else "right")
        for terms, kind in ((TERMS, "of the trade"), (pieces, "pieces")):
            asked = [term for term in terms if any(term in text for text in texts.values())]
            for name, worker, index in _searches(site):
                found, size = _found(site, worker, index, asked, texts), (site / index).read_bytes()
                shares = (f"{found.recall:.3f}", f"{found.precision:.3f}", f"{found.ready:.0f}", f"{found.asked:.1f}")
                sizes = (f"{len(size) / 1e3:.0f}", f"{len(gzip.compress(size)) / 1e3:.0f}")
                table.add_row(name, f"{len(asked)} {kind}", *shares, *sizes)
        Console(width=120).print(table)


def _built(root: Path, folder: Path) -> tuple[Path, int]:
    (root / "mkdocs.yml").write_text(MKDOCS, "utf-8")
    (root / "docs").mkdir()
    (root / "docs" / "index.md").write_text("# Bench\n", "utf-8")
    pages = [text for path in sorted(folder.rglob("*.md")) if (text := _page(path))]
    for number, text in enumerate(pages):
        (root / "docs" / f"page-{number}.md").write_text(text, "utf-8")
    done = subprocess.run([str(LABGUIDE), "build"], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(done.stdout[-2000:] + done.stderr[-2000:])
    return root / "site", len(pages)


def _page(path: Path) -> str:
    """The prose of a page without what only its own project can render; nothing if it is not in Chinese."""
    text = path.read_text("utf-8", errors="replace").lstrip("\ufeff")
    for pattern, kept in FOREIGN:
        text = pattern.sub(kept, text)
    return text if len(HAN.findall(text)) > 200 else ""


def _texts(site: Path) -> dict[str, str]:
    """What a reader sees of each page."""
    texts: dict[str, str] = {}
    for entry in json.loads((site / "search" / "search_index.json").read_text("utf-8"))["docs"]:
        page = entry["location"].partition("#")[0]
        text = re.sub(r"<[^>]*>", "\n", f"{entry['title']}\n{entry['text']}")
        texts[page] = f"{texts.get(page, '')}\n{WRAPPED.sub('', text)}"
    return texts


def _pieces(texts: dict[str, str], chance: random.Random) -> list[str]:
    """Parts of sentences: what somebody may look for who remembers how it was put."""
    runs = [run for page in sorted(texts) for run in RUN.findall(texts[page])]
    pieces = set[str]()
    while len(pieces) < 200:
        run, length = chance.choice(runs), chance.randint(2, 6)
        start = chance.randint(0, len(run) - length)
        pieces.add(run[start : start + length])
    return sorted(pieces)


def _searches(site: Path) -> list[tuple[str, str, str]]:
    """The searches to compare: a name, the worker's path and the index's, both in the site."""
    ours = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    config = {**ours["config"], "lang": ["en", "zh"], "separator": CHARACTERS, "pipeline": ["stopWordFilter"]}
    (site / "characters.json").write_text(json.dumps({**ours, "config": config}), "utf-8")
    theirs = str(ours["config"]["labguide"]["theme"])
    return [
        ("pairs, labguide", "assets/labguide/search/worker.js", "search/search_index.json"),
        ("characters, the theme", theirs, "characters.json"),
    ]


def _found(site: Path, worker: str, index: str, terms: Sequence[str], texts: dict[str, str]) -> Found:
    given = json.dumps({"worker": worker, "index": index, "queries": terms})
    command = ["node", str(HERE / "search.js"), str(site)]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    recall = precision = 0.0
    for term, pages in zip(terms, said["found"], strict=True):
        right = {page for page, text in texts.items() if term in text}
        recall += len(right.intersection(pages)) / len(right)
        precision += sum(page in right for page in pages[:5]) / max(1, len(pages[:5]))
    return Found(recall / len(terms), precision / len(terms), said["ready"], said["asked"])


if __name__ == "__main__":
    main()
