"""Relative links in Markdown lead somewhere, also those to a heading."""
# SPDX-License-Identifier: Apache-2.0
import re

from tests.harness.server import ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)")
FIGURES = {"reliability.md"}  # its sections go by what was measured, and come and go: only the page must be there
CODE = re.compile(r"^```.*?^```", re.M | re.S)


def pages():
    """Not those of packages, builds and runs."""
    left_out = {"node_modules", "build", "var", ".git"}
    return [page for page in ROOT.rglob("*.md") if not left_out & set(page.relative_to(ROOT).parts)]


def anchors(page):
    """As they are made from headings: lower case, spaces to hyphens, without punctuation."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    headings = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in re.findall(r"^#+ (.*)$", text, re.M))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_relative_links_resolve():
    broken, count = [], 0
    for page in pages():
        for link in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
            if re.match(r"\w+:", link):
                continue
            count += 1
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            has_anchors = target.suffix == ".md" and target.name not in FIGURES
            if not target.exists() or (anchor and has_anchors and anchor not in anchors(target)):
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert count > 100
    assert not broken, "\n".join(broken)
