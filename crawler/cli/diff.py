"""`windcatch diff`: what separates two texts or pages, or many pairs of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crawler.cli import show
from crawler.cli.errors import UsageProblem
from crawler.cli.options import JsonOption

if TYPE_CHECKING:
    from storage.types import Difference


def diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A text or HTML file, or pairs in JSON Lines.")
    ],
    new: Annotated[
        str | None, typer.Argument(metavar="NEW", help="The later version.", show_default=False)
    ] = None,
    language: Annotated[
        str | None,
        typer.Option("--language", metavar="CODE", help="en, zh, ...", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what separates two versions: class, score, reasons and the words themselves.

    HTML is extracted first, so that only what a reader sees counts. With one input of pairs,
    lines of {"id", "old": {"title", "text"}, "new": {...}}, one JSON object is printed for each.

    \b
    Examples:
      windcatch diff monday.html tuesday.html
      windcatch diff pairs.jsonl > classes.jsonl
    """
    from crawler.answers import diff_answer
    from crawler.pairs import compare_files, compare_pairs

    if new is None:
        for id_, difference in compare_pairs(old, language=language):
            show.print_json({"id": id_, **diff_answer(difference)})
        return
    difference = compare_files(old, new, language=language)
    if as_json:
        show.print_json(diff_answer(difference))
    else:
        show.say(*difference_lines(difference))


def write_page(file: Path, page: str) -> None:
    """Write a web page to *file*, or print it for `-`.

    Raises:
        UsageProblem: it cannot be written.
    """
    if str(file) == "-":
        show.write_line(page.rstrip("\n"))
        return
    try:
        file.write_text(page.encode("utf-8", "replace").decode(), encoding="utf-8")
    except OSError as error:
        raise UsageProblem(f"{file}: {error.strerror or error}") from None
    show.note(f"wrote {file}")


def difference_lines(difference: Difference) -> list[Any]:
    """Return a difference for people: the verdict, the reasons, the text with its changes."""
    from rich.text import Text

    head = Text(f"{difference.change_class.value} ", style="bold")
    head.append(f"(score {difference.score:.2f})", style="")
    lines: list[Any] = [head]
    lines += [Text("  - ").append_text(show.foreign(reason)) for reason in difference.reasons]
    if any(segment.op != "equal" for segment in difference.segments):
        lines += [Text(""), _marked(difference)]
    return lines


def _marked(difference: Difference) -> Any:
    """Return the new text with what went and what came marked, in colour and in signs."""
    from rich.text import Text

    marked = Text()
    for segment in difference.segments:
        match segment.op:
            case "equal":
                marked.append(_around(show.clean(segment.new)))
            case "move":
                _append(marked, "{~", segment.new or segment.old, "~}", style="yellow")
            case _:
                # A break after both stands once, after the signs.
                tail = bool(segment.new)
                _append(marked, "[-", segment.old, "-]", style="red", keep_tail=not tail)
                _append(marked, "{+", segment.new, "+}", style="green")
    return marked


def _append(
    marked: Any, begin: str, text: str, end: str, *, style: str, keep_tail: bool = True
) -> None:
    """Add *text* between its signs, the line breaks at its end after them."""
    said = show.clean(text)
    bare = said.rstrip("\n")
    if bare:
        marked.append(f"{begin}{bare}{end}", style=style)
    if keep_tail:
        marked.append(said[len(bare) :])


def _around(text: str, kept: int = 160) -> str:
    """Return unchanged text, shortened to what stands next to the changes."""
    if len(text) <= 2 * kept + 20:
        return text
    return f"{text[:kept]} ... {text[-kept:]}"
