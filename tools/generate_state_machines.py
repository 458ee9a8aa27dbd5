#!/usr/bin/env python3
"""Writes docs/state-machines.md, tables and drawings of what may happen to things with states, from the CSV that the program loads."""
# SPDX-License-Identifier: Apache-2.0
#
# Usage: generate_state_machines.py db/data/state_machines.csv > docs/state-machines.md
import csv
import sys
from itertools import groupby

TITLES = {
    "family_member": "Family members (家庭共济)",
    "wallet_transfer": "Transfers to wallets (医保钱包)",
    "transfer": "Transfers (转移接续)",
    "transfer_payout": "Transfers to a pool that is not connected",
    "withdrawal": "Withdrawals (一次性支取)",
    "view_grant": "Delegated views",
}
EFFECTS = {
    "begin_sharing": "the account pays for the member from now on",
    "change_limits": "limits and uses are what the owner says now",
    "end_sharing": "the account pays for the member no more; what is held already is still captured",
    "take_money": "the money leaves the account: for transit, or as payable to a bank account",
    "credit_wallet": "the money leaves transit for the receiver's wallet",
    "return_money": "what has left the account comes back to it, part by part, and account and enrolment are what they were",
    "begin_moving": "the old enrolment is closing",
    "stay": "the old enrolment is what it was before the application",
    "start_review": "the clock of the transfer-out review starts",
    "move_out": "the old enrolment ends, the record form is issued, and the money goes into transit",
    "take_in": "the new enrolment is open, contributions count there, and the money leaves transit for the new account",
    "pay_out": "the old enrolment ends, and a withdrawal to the person's bank account takes the money over",
}
INTRODUCTION = """# State machines

Generated from `db/data/state_machines.csv` by `tools/generate_state_machines.py` (`make docs`); a test holds it to that. `yibaod migrate` loads
the same file into table `state_step`, which every function asks: what does not stand here cannot happen, and is answered 409
`not_possible_now` with `state` and with `possible`, the events that could happen instead. Every step that is taken is a row of
`state_change`, the timeline, and an event in the outbox, in the transaction of its effect.

*Who* lists the parts of which one is enough; *effect* is what else happens in the same transaction. A state without a row of its own is an end.

| effect | what happens |
| --- | --- |
"""


def steps_of(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def drawing(steps):
    """A state diagram in the notation of mermaid, which code hosts draw."""
    edges = {}
    for step in steps:
        ends = (step["state"] or "[*]", step["next_state"])
        edges.setdefault(ends, []).append(step["event"])
    inner = {step["state"] for step in steps}
    over = sorted({step["next_state"] for step in steps} - inner)
    lines = [f"    {start} --> {end}: {', '.join(events)}" for (start, end), events in edges.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, *(f"    {state} --> [*]" for state in over), "```"])


def main():
    print(INTRODUCTION + "".join(f"| `{effect}` | {what} |\n" for effect, what in EFFECTS.items()))
    for machine, group in groupby(steps_of(sys.argv[1]), key=lambda step: step["machine"]):
        steps = list(group)
        print(f"## {TITLES[machine]}\n\nMachine `{machine}`.\n\n{drawing(steps)}\n")
        print("| state | event | next state | who | effect |\n| --- | --- | --- | --- | --- |")
        for step in steps:
            state = f"`{step['state']}`" if step["state"] else "–"
            effect = "–" if step["effect"] == "none" else f"`{step['effect']}`"
            print(f"| {state} | `{step['event']}` | `{step['next_state']}` | {step['who'].replace(' ', ', ')} | {effect} |")
        print()


if __name__ == "__main__":
    main()
