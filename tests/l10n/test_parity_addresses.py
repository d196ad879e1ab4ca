"""When an address in a translation means what that of its source means."""

from __future__ import annotations

import pytest

from labguide.l10n import addresses


@pytest.mark.parametrize(
    ("source", "translation", "language"),
    [
        ("a.md", "a.md", "zh-TW"),
        ("a.md#b", "a.zh-TW.md#b", "zh-TW"),
        ("a.ipynb", "a.zh-TW.ipynb", "zh-TW"),
        ("../images/a.b.svg", "../images/a.b.zh-TW.svg", "zh-TW"),
        ("../en/a.md", "../zh-TW/a.md", "zh-TW"),
        ("/a/", "/zh-TW/a/", "zh-TW"),
        ("https://docs.aws.amazon.com/a.html#b", "https://docs.aws.amazon.com/zh_tw/a.html#b", "zh-TW"),
        ("https://aws.amazon.com/s3/", "https://aws.amazon.com/tw/s3/", "zh-TW"),
        ("https://aws.amazon.com/s3/", "https://aws.amazon.com/jp/s3/", "ja"),
        ("https://learn.microsoft.com/en-us/a", "https://learn.microsoft.com/zh-tw/a", "zh-TW"),
        ("https://en.wikipedia.org/wiki/Mean", "https://zh.wikipedia.org/wiki/%E5%B9%B3%E5%9D%87", "zh-TW"),
        ("https://en.wikipedia.org/wiki/Mean", "https://en.wikipedia.org/wiki/Mean", "zh-TW"),
        ("https://a.com/b?hl=en", "https://a.com/b?hl=zh-TW", "zh-TW"),
        ("mailto:a@b.c", "mailto:a@b.c", "zh-TW"),
        ("http://[", "http://[", "zh-TW"),
    ],
)
def test_address_says_the_same_in_another_language(source: str, translation: str, language: str) -> None:
    assert addresses.same(source, translation, "en", language)


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("a.md", "b.md"),
        ("a.md#b", "a.md#c"),
        ("a.md", "a.ja.md"),
        ("a.md", "a.zh-TW.txt"),
        ("a.md", "b/a.md"),
        ("https://a.com/", "http://a.com/"),
        ("https://a.com/", "https://b.com/"),
        ("https://a.com/", "https://a.com.tw/"),
        ("https://a.com/b", "https://tw.a.com/c"),
        ("https://www.a.com/b", "https://a.com/c"),
        ("https://en.wikipedia.org/wiki/Mean", "https://en.wikipedia.org/wiki/Median"),
        ("https://en.wikipedia.org/wiki/Mean", "https://zh.example.org/wiki/Mean"),
        ("https://a.com/b?c=1", "https://a.com/b?c=2"),
        ("b.md", "javascript:alert(1)"),
        ("http://[", "http://[a"),
    ],
)
def test_address_elsewhere_is_another(source: str, translation: str) -> None:
    assert not addresses.same(source, translation, "en", "zh-TW")
