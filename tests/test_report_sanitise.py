"""Markup in a notebook's outputs is shown; it neither runs nor loads."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_output

from perfkit.report.outputs import from_markdown, joined, render
from perfkit.report.sanitise import clean_html, clean_svg

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<iframe src='https://example.com'></iframe>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<svg onload=alert(1)>",
        "<link rel=stylesheet href='https://example.com/x.css'>",
        "<img src='https://example.com/x.png'>",
        "<p style='background:url(https://example.com)'>x</p>",
        "<form action='https://example.com'><input></form>",
    ],
)
@pytest.mark.parametrize("clean", [clean_html, from_markdown])
def test_markup_that_would_run_or_load_does_not(clean, markup: str) -> None:
    from html.parser import HTMLParser

    found: list[tuple[str, dict[str, str | None]]] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attributes) -> None:
            found.append((tag, dict(attributes)))

    Tags().feed(clean(markup))
    assert not {tag for tag, _ in found} & {"script", "iframe", "svg", "link", "form", "input"}
    for _, attributes in found:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert not (attributes.get("src") or "").startswith("http")
        assert (attributes.get("href") or "").partition(":")[0] not in ("javascript", "data")


def test_script_is_shown_as_text() -> None:
    assert clean_html("<p><script>x</script></p>") == "<p>&lt;script&gt;x&lt;/script&gt;</p>"


def test_tables_keep_their_structure() -> None:
    table = '<table class="perfkit-table"><tr><th scope="row">a</th></tr></table>'
    assert clean_html(f"<style>th {{}}</style>{table}") == table.replace(
        "<tr>", "<tbody><tr>"
    ).replace("</tr>", "</tr></tbody>")


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
        "<image href='https://example.com/x.png'/>",
        "<a href='javascript:alert(1)'><text>x</text></a>",
        "<rect onclick='alert(1)'/>",
        "<use xlink:href='https://example.com/x.svg#a'/>",
        "<rect style='fill:url(https://example.com/x)'/>",
        "<style>@import 'https://example.com/x.css';</style>",
        "<animate attributeName='href' to='javascript:alert(1)'/>",
    ],
)
def test_svg_keeps_its_drawing_alone(inner: str) -> None:
    cleaned = clean_svg(f"<svg {NS}><path d='M0 0'/>{inner}</svg>")
    assert "path" in cleaned
    for bad in ("script", "foreignObject", "example.com", "onclick", "javascript"):
        assert bad not in cleaned


@pytest.mark.parametrize(
    "svg",
    [
        "no drawing",
        "<svg><unclosed></svg>",
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><html/>",
        f"<html {NS}/>",
    ],
)
def test_what_is_no_svg_gives_nothing(svg: str) -> None:
    assert clean_svg(svg) == ""


def test_progress_that_wrote_over_its_line_leaves_no_output() -> None:
    pieces = ["\r 10% timing      ", "\r100% timing      ", "\r                 \r"]
    outputs = [new_output("stream", name="stderr", text=text) for text in pieces]
    assert [render(output) for output in joined(outputs)] == [""]


def test_streams_are_escaped_and_kept_apart() -> None:
    outputs = [
        new_output("stream", name="stdout", text="<b>one"),
        new_output("stream", name="stdout", text=" two"),
        new_output("stream", name="stderr", text="three"),
    ]
    first, second = (render(output) for output in joined(outputs))
    assert "&lt;b&gt;one two" in first
    assert "three" in second


def test_very_long_output_is_cut_and_says_so() -> None:
    shown = render(new_output("stream", name="stdout", text="x" * 50_000))
    assert len(shown) < 25_000
    assert "30,000 more characters" in shown
    table = new_output("display_data", data={"text/html": "<p>x</p>" * 100_000})
    assert "left out" in render(table)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"text/plain": "<3"}, "&lt;3"),
        ({"text/markdown": "*so*", "text/plain": "x"}, "<em>so</em>"),
        ({"image/png": "aGk=", "text/plain": "a cat"}, 'alt="a cat"'),
        ({"image/png": "aGk=", "text/plain": "<Figure size 1>"}, 'alt="Picture without'),
        ({"image/svg+xml": "<svg broken", "text/plain": "words"}, "words"),
        ({"application/json": {}}, ""),
    ],
)
def test_the_richest_form_of_an_output_is_shown(data, shown: str) -> None:
    found = render(new_output("display_data", data=data))
    assert shown in found if shown else found == ""
