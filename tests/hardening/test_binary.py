"""What the compiler and the linker were told, seen in the program itself."""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import platform
import re
import shutil
import subprocess

import pytest
from tests.harness.server import ROOT

BINARY = ROOT / "build/yibaod"
CODE = ["-fstack-protector-strong", "-fstack-clash-protection", "-ftrivial-auto-var-init=zero", "-fPIE"]
IS_X86 = platform.machine() == "x86_64"
if IS_X86:
    CODE.append("-fcf-protection=full")

pytestmark = pytest.mark.skipif("YIBAO_BINARY" in os.environ, reason="only the ordinary build is judged")


def readelf(*arguments, of=BINARY):
    return subprocess.run(["readelf", "-W", *arguments, of], capture_output=True, text=True, check=True, timeout=120).stdout


def checksec(path):
    done = subprocess.run(["checksec", "--format=json", f"--file={path}"], capture_output=True, text=True, check=True, timeout=120)
    (found,) = json.loads(done.stdout).values()
    return found


def test_what_checksec_says():
    """As an auditor would see it; what it means by each is looked at below."""
    found = checksec(BINARY)
    wanted = {"relro": "full", "canary": "yes", "nx": "yes", "pie": "yes", "rpath": "no", "runpath": "no", "fortify_source": "yes"}
    assert {name: found[name] for name in wanted} == wanted
    assert int(found["fortified"]) >= 5


def test_checksec_would_see_what_is_missing(tmp_path):
    loose = tmp_path / "loose"
    flags = ["-fno-stack-protector", "-no-pie", "-z", "execstack", "-z", "norelro", "-Wl,-rpath,/tmp"]
    subprocess.run(["gcc", *flags, "-o", loose, "-x", "c", "-"], input="int main(void) { return 0; }\n", text=True, check=True, timeout=120)
    found = checksec(loose)
    names = ("relro", "canary", "nx", "pie", "rpath", "runpath", "fortify_source")
    assert [found[name] for name in names[:4]] == ["no"] * 4 and found["fortify_source"] == "no"
    assert "yes" in (found["rpath"], found["runpath"])


def test_relocations_are_read_only_before_it_runs():
    assert "GNU_RELRO" in readelf("-l")
    assert re.search(r"FLAGS_1.*\bNOW\b", readelf("-d"))


def test_neither_stack_nor_data_can_be_executed():
    (stack,) = [line for line in readelf("-l").splitlines() if "GNU_STACK" in line]
    assert " RW " in stack and "RWE" not in stack
    assert [line for line in readelf("-l").splitlines() if line.strip().startswith("LOAD") and re.search(r"W ?E", line)] == []


def test_it_lies_at_another_place_each_time():
    assert "DYN (Position-Independent Executable file)" in readelf("-h")
    assert "TEXTREL" not in readelf("-d")


def test_libraries_are_found_where_the_system_says():
    assert re.search("RPATH|RUNPATH", readelf("-d")) is None


def test_it_calls_the_checked_functions():
    checked = set(re.findall(r" UND (__\w+_chk)@", readelf("--dyn-syms")))
    assert "__stack_chk_fail" in readelf("--dyn-syms")
    assert {"__memcpy_chk", "__snprintf_chk", "__read_chk"} & checked and len(checked) >= 5, checked


def test_every_file_was_compiled_with_the_flags():
    """gcc notes in the debugging information how it was called. Files that were generated, too."""
    producers = set(re.findall(r"GNU C1[17] .*", readelf("-p", ".debug_str"))) | set(re.findall(r"GNU C1[17] .*",
                                                                                                readelf("-p", ".debug_line_str")))
    if not producers:
        pytest.skip("built by another compiler")
    for producer in producers:
        assert [flag for flag in CODE if flag not in producer.split()] == []
        assert re.search(r" -O[23s]", producer)


@pytest.mark.skipif(not IS_X86, reason="a matter of x86-64")
def test_every_object_is_ready_for_control_flow_enforcement():
    """The program as a whole is not marked so: the start-up files of Debian's C library are not (docs/operations/hardening.md)."""
    objects = sorted((ROOT / "build/obj").rglob("*.o"))
    assert len(objects) > 300
    for path in objects[:: len(objects) // 40]:
        assert "IBT, SHSTK" in readelf("-n", of=path), path


def compile_command(compiler, target):
    """What make would run; nothing is run."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(
        ["make", "-n", "-s", "V=1", f"CC={compiler}", "OUT=build/never", "-o", "build/never/libyibaod.a", target],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_both_compilers_get_all_flags_also_for_unit_tests(compiler):
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler}")
    for target in ("build/never/obj/server/text.o", "build/never/unit/server/test_text"):
        words = compile_command(compiler, target).split()
        assert [flag for flag in [*CODE, "-D_FORTIFY_SOURCE=3", "-O2"] if flag not in words] == []
    assert {"-pie", "-Wl,-z,relro,-z,now,-z,noexecstack"} <= set(words)
