"""What is wrong with how a page looks, and with what it is for those who do not see it."""

import os
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

FOLDER: Final = "REVEZA_SCREENSHOTS"
"""Names a folder for pictures of the pages, for people to look at; without it none are made."""
AXE: Final = Path(__file__).resolve().parents[4] / "miniapp/web/node_modules/axe-core/axe.min.js"
_DRAGGED: Final = 'aria-roledescription="draggable"'
"""The library that drags says of a link, too, that it is not pressed, which screen readers pass over."""
_AUDIT: Final = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.flatMap(
  ({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))"""
_FLAWS: Final = """() => {
  const flaws = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) flaws.push(`the page is ${wide} wide`);
  const raw = /\\b(?:chat|common|dashboard|errors|gate|lead|leads|nav|pipeline|settings|words)\\.[a-z]\\w+|\\{\\w+\\}|\\b[a-z]+_[a-z_]+\\b/;
  const told = (words, where) => {
    if (raw.test(words)) flaws.push(`no words of a person's in ${where}: ${words.slice(0, 60)}`);
  };
  const clips = (value) => value === "hidden" || value === "clip";
  for (const node of document.body.querySelectorAll("*")) {
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest(".unseen, svg")) continue;
    for (const name of ["aria-label", "placeholder", "title"]) if (node.hasAttribute(name)) told(node.getAttribute(name), name);
    const own = [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data.trim()).join(" ").trim();
    if (own === "") continue;
    told(own, node.tagName.toLowerCase());
    const style = getComputedStyle(node);
    const mayEnd = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    if (node.tagName === "TEXTAREA" || style.display === "inline" || mayEnd) continue;
    const box = node.getBoundingClientRect();
    const texts = [...node.childNodes].filter((child) => child.nodeType === 3 && child.data.trim() !== "");
    const ends = texts.map((text) => { const range = new Range(); range.selectNodeContents(text); return range.getBoundingClientRect(); });
    // Spaces at the end of a line hang over, and are none to be seen.
    const spills = node.scrollWidth > node.clientWidth + 1;
    if (spills && ends.some((end) => end.right > box.right + 1 || end.left < box.left - 1)) flaws.push(`cut at the side: ${own.slice(0, 60)}`);
    if (clips(style.overflowY) && node.scrollHeight > node.clientHeight + 1) flaws.push(`cut below: ${own.slice(0, 60)}`);
  }
  return flaws;
}"""


def flaws(page: Page) -> list[str]:
    """What overflows, is cut, or was never translated."""
    return list(page.evaluate(_FLAWS))


def violations(page: Page) -> list[str]:
    """What axe finds. It is put in beside the page's policy, which lets in no script but the page's own."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(_AUDIT)
    return [str(one) for one in found if not (one.startswith("aria-allowed-attr") and _DRAGGED in one)]


def keep(page: Page, name: str) -> None:
    """A picture of it, where pictures are wanted."""
    if folder := os.environ.get(FOLDER):
        page.screenshot(path=Path(folder) / f"{name}.png")
