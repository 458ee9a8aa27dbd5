#!/usr/bin/env python3
"""Prints where the API answers, with a curl line that works, and notes the address in var/demo.json.

usage: announce.py LISTEN
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import sys

DEMO = "var/demo.json"


def base_url_of(listen):
    """An address that a client on this machine can call: a listener on every address answers on loopback too."""
    host, _, port = listen.rpartition(":")
    host = {"": "127.0.0.1", "*": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)
    return f"http://{host}:{port}"


def write_private(path, text):
    with open(os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(path + ".new", path)


def main():
    base_url = base_url_of(sys.argv[1])
    print(f"\nyibaod answers at {base_url}")
    try:
        with open(DEMO, encoding="utf-8") as file:
            demo = json.load(file)
    except FileNotFoundError:
        return
    if demo.get("base_url") != base_url:
        demo["base_url"] = base_url
        write_private(DEMO, json.dumps(demo, ensure_ascii=False, indent=2) + "\n")
    citizen = next((c for c in demo["citizens"] if c["account_id"]), None)
    if citizen is not None:
        print(f"The balance of {citizen['name']} ({citizen['note']}); more people and tokens are in {DEMO}:\n")
        print(f"  curl -H 'Authorization: Bearer {citizen['token']}' {base_url}/v1/accounts/{citizen['account_id']}/balance\n")


if __name__ == "__main__":
    main()
