"""Reading a page as a person does: its heading, its text, its faults."""

import html
import re

from httpx import Response

_TAGS = re.compile(r"<script.*?</script>|<[^>]+>", re.DOTALL)


def text_of(page: Response) -> str:
    """The words on the page, with single spaces."""
    words = html.unescape(_TAGS.sub(" ", page.text)).split()
    return " ".join(words)


def heading(page: Response) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found is not None
    return html.unescape(found[1]).strip()


def faults_of(page: Response) -> set[str]:
    """The fields that are marked as faulty; each must also be in the summary."""
    fields = set(re.findall(r'id="([^"]+)-fault"', page.text))
    summary = page.text.partition("data-faults")[2].partition("</div>")[0]
    assert fields <= set(re.findall(r'href="#([^"]+)"', summary))
    return fields
