"""How differences of credits are posted to an account: held against a second reckoning, in random rows of them."""
# SPDX-License-Identifier: Apache-2.0
import random
import uuid


def steps(connection, rows):
    """[(ord, kind, part, direction, fund, fen, missing)] of (account, current, carried, held, part, gross, deduction)."""
    columns = [list(column) for column in zip(*rows)]
    return connection.execute(
        "SELECT ord, kind, part, direction, system_kind, amount_fen, missing_fen FROM credit_difference_steps(%s::uuid[], %s::bigint[],"
        " %s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) ORDER BY ord, place", columns).fetchall()


def test_no_part_falls_below_zero_nor_the_balance_below_what_is_held(owner):
    chance = random.Random(20250101)
    rows, books = [], {}
    for _ in range(120):
        current, carried = chance.choice([0, 50, 1000]), chance.choice([0, 70, 1000])
        account = uuid.uuid4()
        books[account] = {"current_year": current, "carried_over": carried, "held": chance.randint(0, current + carried)}
        rows += [(account, current, carried, books[account]["held"], chance.choice(["current_year", "carried_over"]),
                  *chance.choice([(chance.randint(-900, 900), chance.randint(-90, 90)), (0, 40), (-300, 0), (200, 0), (-200, -200)]))
                 for _ in range(chance.randint(1, 6))]
    chance.shuffle(rows)
    found = steps(owner, rows)
    for number, (account, _, _, _, part, gross, deduction) in enumerate(rows, 1):
        book, mine = books[account], [row[1:] for row in found if row[0] == number]
        free = max(book["current_year"] + book["carried_over"] - book["held"], 0)
        missing = max(deduction - gross - free, 0)
        before = dict(book)
        for kind, of, direction, fund, fen, told in mine:
            assert fen > 0 and told == missing
            assert fund == {"receivable": "receivable", "pensioner_credit": "pooled_fund",
                            "credit_deduction": "critical_illness_deduction"}[kind]
            book[of] += fen if direction == "credit" else -fen
            assert book[of] >= 0 and book["current_year"] + book["carried_over"] >= min(book["held"],
                                                                                        before["current_year"] + before["carried_over"])

        def moved(kind):
            return sum(fen if direction == "credit" else -fen for what, _, direction, _, fen, _ in mine if what == kind)

        assert (moved("pensioner_credit"), -moved("credit_deduction"), moved("receivable")) == (gross, deduction, missing)
        if book[part] > 0:
            assert not [of for _, of, direction, _, _, _ in mine if direction == "debit" and of != part], "its own part gives first"


def test_a_difference_of_nothing_has_no_entries(owner):
    assert steps(owner, [(uuid.uuid4(), 5, 5, 5, "current_year", 0, 0)]) == []
