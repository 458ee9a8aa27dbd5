"""The bill of materials: the form of CycloneDX 1.5, and that it names what the program really links, no more and no less."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import subprocess
import sys

import pytest
from tests.harness.sanitizer import without_sanitizer
from tests.harness.server import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import debian_licences  # noqa: E402

BINARY = os.environ.get("YIBAO_BINARY", ROOT / "build/yibaod")
pytestmark = without_sanitizer
SCOPES = {"required", "optional", "excluded"}


@pytest.fixture(scope="module")
def bill():
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
    done = subprocess.run([sys.executable, ROOT / "tools/sbom.py", BINARY], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def linked(bill):
    return [component for component in bill["components"] if component["scope"] == "required"]


def test_what_the_schema_demands(bill):
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    assert bill["metadata"]["timestamp"] == "2026-01-01T00:00:00Z"
    everything = [bill["metadata"]["component"], *bill["components"]]
    references = [component["bom-ref"] for component in everything]
    assert len(set(references)) == len(references)
    for component in everything:
        assert component["type"] in {"application", "library"} and component["name"] and component["version"]
        assert component.get("scope", "required") in SCOPES
        for licence in component["licenses"]:
            assert list(licence) == ["license"] and len(licence["license"]) == 1
            assert licence["license"].get("id", "MIT") in set(debian_licences.SPDX.values())
            assert licence["license"].get("name", "x").strip()
        for digest in component.get("hashes", []):
            assert digest["alg"] == "SHA-256" and re.fullmatch("[0-9a-f]{64}", digest["content"])
        if "purl" in component:
            assert re.fullmatch(r"pkg:(deb/debian|npm)/(%40[^@\s]+/)?[^@\s/]+@[^@\s]+", component["purl"])
    for dependency in bill["dependencies"]:
        assert {dependency["ref"], *dependency["dependsOn"]} <= set(references)


def test_it_is_what_the_linker_finds(bill):
    listed = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
    assert {component["bom-ref"] for component in linked(bill)} == set(re.findall(r"^\s*(\S+) => /", listed, re.MULTILINE))
    for component in linked(bill):
        status = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", component["name"]], capture_output=True, text=True, check=True)
        assert component["version"] == status.stdout


def test_everything_is_reached_from_the_program(bill):
    below = {dependency["ref"]: dependency["dependsOn"] for dependency in bill["dependencies"]}
    reached, waiting = set(), ["yibaod"]
    while waiting:
        reference = waiting.pop()
        if reference not in reached:
            reached.add(reference)
            waiting.extend(below.get(reference, []))
    assert {component["bom-ref"] for component in linked(bill)} <= reached


def test_what_only_tests_and_benchmarks_use_is_marked(bill):
    of_npm = [component for component in bill["components"] if component["purl"].startswith("pkg:npm/")]
    assert {"fastify", "pg", "@redocly/cli"} <= {component["name"] for component in of_npm}
    assert all(component["scope"] == "excluded" for component in of_npm)
    assert all(not component["purl"].startswith("pkg:npm/") for component in linked(bill))


def test_each_library_of_the_program_is_documented(bill):
    (direct,) = [dependency["dependsOn"] for dependency in bill["dependencies"] if dependency["ref"] == "yibaod"]
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8").lower()
    names = {"libc.so": "glibc"}
    for soname in direct:
        stem = soname.split(".so")[0]
        assert f"| {names.get(stem + '.so', stem)}" in page or f"({stem})" in page or f"| {stem.removeprefix('lib')} " in page, soname


def test_debian_s_names_of_licences(tmp_path):
    text = ("Format: x\n\nFiles: *\nCopyright: a\nLicense: Expat and GPL-2+ with OpenSSL exception\n\n"
            "Files: b\nLicense: LGPL-2.1+ or public-domain\n\nLicense: Expat\n words\n")
    assert debian_licences.names_in(text) == ["Expat", "GPL-2+", "LGPL-2.1+", "public-domain"]
    (tmp_path / "a").mkdir()
    (tmp_path / "a/copyright").write_text(text, encoding="utf-8")
    assert [entry["license"] for entry in debian_licences.licences_of("a", tmp_path)] == [
        {"id": "MIT"}, {"id": "GPL-2.0-or-later"}, {"id": "LGPL-2.1-or-later"}, {"name": "public-domain"},
    ]  # fmt: skip
    (tmp_path / "a/copyright").write_text("It is free.\nSee /usr/share/common-licenses/GPL-2 too.\n", encoding="utf-8")
    assert debian_licences.licences_of("a", tmp_path) == [{"license": {"name": f"see {tmp_path}/a/copyright, which mentions GPL-2"}}]
    assert debian_licences.licences_of("b", tmp_path) == [{"license": {"name": f"see {tmp_path}/b/copyright"}}]
