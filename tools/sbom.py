#!/usr/bin/env python3
"""Writes the bill of materials of a built program as CycloneDX 1.5: sbom.py build/yibaod > sbom.json"""
# SPDX-License-Identifier: Apache-2.0
import datetime
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import uuid

from debian_licences import licences_of

ROOT = pathlib.Path(__file__).resolve().parents[1]
NPM = {"tools/lint/package-lock.json": "lints openapi.yaml in tests", "bench/fastify/package-lock.json": "the peer of the benchmark"}


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "C"}).stdout


def resolved(binary):
    """soname → file, as the dynamic linker of this machine finds them."""
    found = re.findall(r"^\s*(\S+) => (/\S+) ", output_of("ldd", str(binary)), re.MULTILINE)
    return {soname: pathlib.Path(path).resolve() for soname, path in found}


@functools.cache
def needed(path):
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-d", str(path)))


def package_of(path):
    """The Debian package of a file; its entry may still lie outside of /usr."""
    candidates = [str(path), str(path).removeprefix("/usr")]
    for candidate in candidates:
        done = subprocess.run(["dpkg-query", "-S", candidate], capture_output=True, text=True)
        if done.returncode == 0:
            return done.stdout.split(": ")[0].split(",")[0]
    return None


def deb_component(package, soname, path):
    fields = "${Package}\\n${Version}\\n${Architecture}\\n${source:Package}\\n${source:Version}\\n${Homepage}"
    name, version, architecture, source, source_version, homepage = output_of("dpkg-query", "-W", "-f", fields, package).split("\n")
    component = {
        "type": "library",
        "bom-ref": soname,
        "name": name,
        "version": version,
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
        "licenses": licences_of(name),
        "purl": f"pkg:deb/debian/{name}@{version.replace(':', '%3A')}?arch={architecture}",
        "properties": [
            {"name": "yibaod:soname", "value": soname},
            {"name": "yibaod:source", "value": f"{source} {source_version}"},
        ],
    }
    if homepage:
        component["externalReferences"] = [{"type": "website", "url": homepage}]
    return component


def linked(binary):
    components = []
    for soname, path in sorted(resolved(binary).items()):
        package = package_of(path)
        if package is None:
            raise SystemExit(f"sbom.py: {path} belongs to no Debian package")
        components.append(deb_component(package, soname, path))
    return components


def npm():
    components = {}
    for lock, use in NPM.items():
        for place, package in json.loads((ROOT / lock).read_text(encoding="utf-8"))["packages"].items():
            if not place:
                continue
            name = package.get("name", place.rpartition("node_modules/")[2])
            reference = f"pkg:npm/{name.replace('@', '%40', 1)}@{package['version']}"
            components[reference] = {
                "type": "library",
                "bom-ref": reference,
                "name": name,
                "version": package["version"],
                "scope": "excluded",
                "licenses": [{"license": {"name": package.get("license", "not stated")}}],
                "purl": reference,
                "properties": [{"name": "yibaod:use", "value": use}],
            }
    return [components[reference] for reference in sorted(components)]


def dependencies(binary, components):
    paths = resolved(binary)
    sonames = {component["bom-ref"] for component in components}
    graph = {"yibaod": needed(binary), **{soname: needed(path) for soname, path in paths.items()}}
    return [{"ref": ref, "dependsOn": sorted(set(below) & sonames)} for ref, below in sorted(graph.items())]


def now():
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    utc = datetime.timezone.utc
    moment = datetime.datetime.now(utc) if seconds is None else datetime.datetime.fromtimestamp(int(seconds), utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def bill(binary):
    (version,) = re.findall(r'YIBAOD_VERSION "(.+)"', (ROOT / "cli/commands.h").read_text(encoding="utf-8"))
    digest = hashlib.sha256(binary.read_bytes()).hexdigest()
    libraries = linked(binary)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}",
        "version": 1,
        "metadata": {
            "timestamp": now(),
            "tools": {"components": [{"type": "application", "name": "tools/sbom.py", "version": version}]},
            "component": {
                "type": "application",
                "bom-ref": "yibaod",
                "name": "yibaod",
                "version": version,
                "hashes": [{"alg": "SHA-256", "content": digest}],
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": libraries + npm(),
        "dependencies": dependencies(binary, libraries),
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    json.dump(bill(pathlib.Path(sys.argv[1]).resolve()), sys.stdout, indent=2)
    print()
