"""The file of state machines is well formed, and the functions that everything with states goes through do as it says."""
# SPDX-License-Identifier: Apache-2.0
import datetime
import itertools
import pathlib
import re

import psycopg
import pytest

from tests.db.posting import make_id
from tools.generate_state_machines import EFFECTS, TITLES, steps_of

ROOT = pathlib.Path(__file__).resolve().parents[2]
STEPS = steps_of(ROOT / "db" / "data" / "state_machines.csv")
MACHINES = sorted({step["machine"] for step in STEPS})
WHO = {"owner", "member", "guardian", "system", "sender", "receiver", "person", "staff", "out_desk", "in_desk", "reviewer",
       "second_reviewer", "viewer"}
AT = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.timezone.utc)
RECORD = """
SELECT state_record(%(machine)s, ARRAY[%(status)s], ARRAY[%(key)s::bigint], ARRAY[%(object)s::uuid], ARRAY['620500'], ARRAY[%(event)s],
                    ARRAY[%(state)s], ARRAY[%(who)s], ARRAY[%(kind)s], ARRAY[%(actor)s::uuid], ARRAY[NULL::text], ARRAY[NULL::text],
                    ARRAY[%(at)s::timestamptz])
"""


def of(machine):
    return [step for step in STEPS if step["machine"] == machine]


def states(machine):
    return {step["state"] for step in of(machine)} | {step["next_state"] for step in of(machine)}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_reached(machine):
    reached, found = {""}, True
    while found:
        found = {step["next_state"] for step in of(machine) if step["state"] in reached} - reached
        reached |= found
    assert reached == states(machine)


@pytest.mark.parametrize("machine", MACHINES)
def test_from_every_state_there_is_a_way_to_an_end(machine):
    ends = states(machine) - {step["state"] for step in of(machine)}
    assert ends and "" not in ends
    safe, found = set(ends), True
    while found:
        found = {step["state"] for step in of(machine) if step["next_state"] in safe} - safe
        safe |= found
    assert safe == states(machine)


def test_each_event_leads_one_way_and_every_word_is_known():
    assert len({(s["machine"], s["state"], s["event"]) for s in STEPS}) == len(STEPS)
    assert set(MACHINES) == set(TITLES)
    for step in STEPS:
        assert set(step["who"].split()) <= WHO, step
        assert step["next_state"], step
        assert step["who"] == "system" or "system" not in step["who"].split(), "what the system does nobody else does"


def test_every_effect_is_explained():
    assert {step["effect"] for step in STEPS} - {"none"} == set(EFFECTS)


def test_the_database_has_what_the_file_has(owner):
    rows = owner.execute("SELECT machine, state, event, next_state, array_to_string(who, ' '), effect FROM state_step").fetchall()
    assert sorted(rows) == sorted(tuple(step.values()) for step in STEPS)


@pytest.mark.parametrize("machine", MACHINES)
def test_what_happens_next_and_what_is_possible(owner, machine):
    """Every event of the machine in every state of it: the next one, or nothing, and then what could happen instead."""
    for state, event in itertools.product(sorted(states(machine)), sorted({step["event"] for step in of(machine)})):
        (following,) = owner.execute("SELECT state_next(%s, %s, %s)", [machine, state, event]).fetchone()
        known = [step["next_state"] for step in of(machine) if (step["state"], step["event"]) == (state, event)]
        assert following == (known[0] if known else None)
        (shown,) = owner.execute("SELECT state_possible(%s, %s)", [machine, state]).fetchone()
        possible = [step["event"] for step in of(machine) if step["state"] == state and step["who"] != "system"]
        assert shown == {"state": state, "possible": sorted(possible)}


def recorded(owner, step, object_id, key, status="good", who=None, at=AT):
    who = who or step["who"].split()[0]
    owner.execute(RECORD, {
        "machine": step["machine"], "status": status, "key": key, "object": object_id, "event": step["event"], "state": step["state"],
        "who": who, "kind": "system" if who == "system" else "citizen", "actor": None if who == "system" else make_id(key), "at": at})


def path_to(machine, state):
    """The fewest steps that lead to the state."""
    ways, seen = [[]], {""}
    if state == "":
        return []
    while ways:
        longer = [[*way, step] for way in ways for step in of(machine) if step["state"] == (way[-1]["next_state"] if way else "")]
        for way in longer:
            if way[-1]["next_state"] == state:
                return way
        ways = [way for way in longer if way[-1]["next_state"] not in seen]
        seen |= {way[-1]["next_state"] for way in ways}
    raise AssertionError(state)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step['machine']}-{step['state']}-{step['event']}")
def test_a_step_is_one_row_and_one_event(owner, world, step):
    """Of the timeline, numbered and never going back in time; and of the outbox, with ids and nothing personal."""
    key, object_id = world.account.person_key, make_id(world.account.person_key)
    for before in path_to(step["machine"], step["state"]):
        recorded(owner, before, object_id, key)
    owner.execute("DELETE FROM outbox")
    recorded(owner, step, object_id, key, at=AT - datetime.timedelta(days=1))
    rows = owner.execute("SELECT seq, event, from_state, to_state, who, at FROM state_change WHERE object_id = %s "
                         "ORDER BY seq", [object_id]).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1][1:5] == (step["event"], step["state"], step["next_state"], step["who"].split()[0])
    assert [row[5] for row in rows] == sorted(row[5] for row in rows)
    ((event,),) = owner.execute("SELECT event FROM outbox").fetchall()
    assert event == {"event": f"{step['machine']}.{step['next_state']}", "object_id": str(object_id),
                     "pool_code": "620500", "at": event["at"]}
    assert re.fullmatch(r"[0-9T:.+-]+", event["at"])


@pytest.mark.parametrize("machine", MACHINES)
def test_what_is_no_step_is_a_bug(owner, world, machine):
    key, object_id = world.account.person_key, make_id(world.account.person_key)
    first = next(step for step in of(machine) if step["state"] == "")
    end = sorted(states(machine) - {step["state"] for step in of(machine)})[0]
    for wrong, who in (({**first, "event": "fly"}, None), ({**first, "state": end}, None), (first, "nobody"),
                       ({**first, "machine": "none"}, None)):
        with pytest.raises(psycopg.errors.AssertFailure, match="a step that state_step does not have"):
            recorded(owner, wrong, object_id, key, who=who)
    recorded(owner, {**first, "event": "fly"}, object_id, key, status="not_found")  # what was not judged good is left out
    assert owner.execute("SELECT FROM state_change WHERE object_id = %s", [object_id]).fetchall() == []
