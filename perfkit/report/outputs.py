"""One output of a notebook's cell as harmless HTML, the richest form of it first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from perfkit.report.cards import Found
from perfkit.report.execute import plain
from perfkit.report.sanitise import clean_html, clean_svg

__all__ = [
    "CHART_MIME",
    "from_markdown",
    "joined",
    "render",
    "sentence_of",
    "verdicts",
    "without_progress",
]

#: As perfkit.charts._figure.MIME, which cannot be imported here: it loads matplotlib.
CHART_MIME = "application/vnd.perfkit.chart+json"

#: As perfkit.bench.verdict.Verdict shows itself.
_VERDICT = re.compile(
    r'<p class="perfkit-verdict[^"]*"><strong>(?P<word>[^<]*)</strong> (?P<sentence>[^<]*)</p>'
)
_LONGEST_TEXT = 20_000
_LARGEST_MARKUP = 400_000


def render(output: Any) -> str:
    """HTML of an output; empty where there is nothing to see."""
    if output.output_type == "stream":
        return _stream(output)
    if output.output_type == "error":
        text = plain("\n".join(output.traceback)) or f"{output.ename}: {output.evalue}"
        return _preformatted(text, "perfkit-error", "error")
    data = output.get("data", {})
    for mime, show in _SHOWN:
        if mime in data:
            return show(_text(data[mime]), data)
    return ""


def joined(outputs: Sequence[Any]) -> list[Any]:
    """Outputs with pieces of the same text stream put together, as they were written."""
    found: list[Any] = []
    for output in outputs:
        last = found[-1] if found else None
        if (
            last is not None
            and output.output_type == last.output_type == "stream"
            and output.name == last.name
        ):
            found[-1] = type(last)({**last, "text": _text(last.text) + _text(output.text)})
        else:
            found.append(output)
    return found


def without_progress(notebook: Any) -> Any:
    """The notebook without text that wrote itself over until nothing was left of it.

    JupyterLab would show an empty red strip in its place.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            outputs = joined(cell.outputs)
            cell.outputs = [of for of in outputs if of.output_type != "stream" or _left(of)]
    return notebook


def from_markdown(source: str) -> str:
    """Markdown as harmless HTML; HTML within it is shown as text."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    renderer = IPythonRenderer(escape=True, exclude_anchor_links=True)
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))


def verdicts(notebook: Any) -> Iterator[Found]:
    """What a notebook found: its charts with their sentences, and the verdicts it shows."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if CHART_MIME in data and "image/svg+xml" in data:
                words = data[CHART_MIME]
                svg = clean_svg(_text(data["image/svg+xml"]))
                names = ("sentence", "title", "word")
                sentence, title, word = (str(words.get(name, "")) for name in names)
                yield Found(sentence, title, svg, word)
            elif said := _VERDICT.search(_text(data.get("text/html", ""))):
                yield Found(html.unescape(said["sentence"]), word=html.unescape(said["word"]))


def sentence_of(output: Any) -> str:
    """The sentence that a chart carries; empty for what is no chart."""
    return str(output.get("data", {}).get(CHART_MIME, {}).get("sentence", ""))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "".join(value)


def _stream(output: Any) -> str:
    text = _left(output)
    return _preformatted(text, f"perfkit-{output.name}", "text output") if text else ""


def _left(stream: Any) -> str:
    """What is left to read of a stream of text once all is written over that was to be."""
    lines = (_overwritten(line) for line in plain(_text(stream.text)).split("\n"))
    return "\n".join(lines).strip()


def _overwritten(line: str) -> str:
    """A line as a terminal shows it: what follows a carriage return writes over it."""
    shown = ""
    for part in line.rstrip("\r").split("\r"):
        shown = part + shown[len(part) :]
    return shown.rstrip()


def _preformatted(text: str, kind: str, label: str) -> str:
    cut = text[:_LONGEST_TEXT]
    if len(text) > len(cut):
        cut += f"\n… {len(text) - len(cut):,} more characters; they are in the executed notebook."
    # Focusable, because a keyboard must be able to scroll what is wider than the page.
    return (
        f'<pre class="perfkit-output {kind}" tabindex="0" role="group" '
        f'aria-label="{label}">{html.escape(cut)}</pre>'
    )


def _too_large(markup: str) -> str:
    if len(markup) <= _LARGEST_MARKUP:
        return ""
    return (
        f'<p class="perfkit-notes">An output of {len(markup) / 1e6:.1f} MB is left out, to keep '
        "this page small; it is in the executed notebook.</p>"
    )


def _svg(markup: str, data: Any) -> str:
    if left_out := _too_large(markup):
        return left_out
    drawn = clean_svg(markup)
    if not drawn:
        return _preformatted(_text(data.get("text/plain", "a drawing")), "", "text output")
    title = html.escape(str(data.get(CHART_MIME, {}).get("title", "")))
    caption = f"<figcaption>{title}</figcaption>" if title else ""
    return f'<figure class="perfkit-figure">{drawn}{caption}</figure>'


def _html(markup: str, _: Any) -> str:
    if left_out := _too_large(markup):
        return left_out
    cleaned = clean_html(markup)
    if "<table" in cleaned and "perfkit-scroll" not in cleaned:
        # Of pandas, say: too wide for a phone, so it scrolls, by the keyboard too.
        return (
            '<div class="perfkit-html perfkit-scroll" role="region" tabindex="0" '
            f'aria-label="table">{cleaned}</div>'
        )
    return f'<div class="perfkit-html">{cleaned}</div>'


def _markdown(source: str, _: Any) -> str:
    return from_markdown(source)


def _png(encoded: str, data: Any) -> str:
    said = _text(data.get("text/plain", ""))
    # The default text of a figure, <Figure size 640x480 ...>, tells a reader nothing.
    alternative = "Picture without a description" if re.match(r"<\w", said) or not said else said
    source = re.sub(r"[^A-Za-z0-9+/=]", "", encoded)
    picture = (
        f'<img src="data:image/png;base64,{source}" alt="{html.escape(alternative, quote=True)}">'
    )
    return _too_large(picture) or f'<figure class="perfkit-figure">{picture}</figure>'


def _plain(text: str, _: Any) -> str:
    return _preformatted(plain(text), "", "text output")


_SHOWN = (
    ("image/svg+xml", _svg),
    ("text/html", _html),
    ("text/markdown", _markdown),
    ("image/png", _png),
    ("text/plain", _plain),
)
