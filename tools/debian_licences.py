"""Reads what a Debian package's copyright file says of its licences, as CycloneDX wants it."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import re

DOCUMENTATION = pathlib.Path("/usr/share/doc")
# Debian's short names where SPDX has another one; a name with "+" means "or later".
SPDX = {
    "apache-2.0": "Apache-2.0", "artistic": "Artistic-1.0-Perl", "bsd-2-clause": "BSD-2-Clause",
    "bsd-3-clause": "BSD-3-Clause", "curl": "curl",
    "expat": "MIT", "mit": "MIT", "isc": "ISC", "gpl-2": "GPL-2.0-only", "gpl-2+": "GPL-2.0-or-later", "gpl-3": "GPL-3.0-only",
    "gpl-3+": "GPL-3.0-or-later", "lgpl-2": "LGPL-2.0-only", "lgpl-2+": "LGPL-2.0-or-later", "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-2.1+": "LGPL-2.1-or-later", "lgpl-3": "LGPL-3.0-only", "lgpl-3+": "LGPL-3.0-or-later", "mpl-2.0": "MPL-2.0",
    "openldap-2.8": "OLDAP-2.8",
    "postgresql": "PostgreSQL", "unicode": "Unicode-DFS-2016", "zlib": "Zlib", "openssl": "OpenSSL",
}  # fmt: skip


def spdx(name):
    """The identifier of SPDX, or None."""
    key = re.sub(r"\.0(\+?)$", r"\1", name.lower()) if name.lower().startswith(("gpl", "lgpl")) else name.lower()
    return SPDX.get(key, SPDX.get(name.lower()))


def entry(name):
    identifier = spdx(name)
    return {"license": {"id": identifier} if identifier else {"name": name}}


def names_in(text):
    """Short names of a machine-readable file, those of `Files: *` first; none of a file in free form."""
    first, rest = [], []
    for paragraph in re.split(r"\n\s*\n", text):
        files = re.search(r"^Files:\s*(.*)", paragraph, re.MULTILINE)
        licence = re.search(r"^License:\s*(.+)", paragraph, re.MULTILINE)
        if licence is None:
            continue
        words = re.split(r"\s+(?:and/or|and|or|with\s[^,]*)(?=\s|$)|,", licence[1])
        names = [word.strip(" ,") for word in words if re.fullmatch(r"\s*[\w.+-]*\w[\w.+-]*\s*", word)]
        (first if files is not None and files[1].strip() == "*" else rest).extend(names)
    return list(dict.fromkeys(first + rest))


def in_words(path, text):
    """What to say of a file in free form: where it is, and which licences of the system it mentions."""
    mentioned = sorted(set(re.findall(r"/usr/share/common-licenses/([A-Za-z]+(?:-[\d.]*\d)?)", text)))
    return f"see {path}" + (f", which mentions {', '.join(mentioned)}" if mentioned else "")


def licences_of(package, documentation=DOCUMENTATION):
    """Never empty: where no licence is recognized the file itself is named."""
    path = documentation / package / "copyright"
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    entries = []
    for name in names_in(text) or [in_words(path, text)]:
        if entry(name) not in entries:
            entries.append(entry(name))
    return entries
