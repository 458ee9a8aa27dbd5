"""What the hotline speaks fits the books, in Chinese and in English: balances and contributions."""
# SPDX-License-Identifier: Apache-2.0
import datetime

import pytest
from tests.harness import money
from tests.harness.calling import CONTRIBUTIONS, enrol, open_account
from tests.harness.proposals import plant_approved
from tests.property import spoken_reference as words


class TestBalance:
    def test_in_chinese_and_english_as_json_and_as_text(self, new_caller, sql):
        caller = new_caller()
        open_account(sql, caller.person_id, "620500", balance_fen=184250)
        chinese, english = caller.call(), caller.call(language="en-GB,en;q=0.8")
        assert chinese.status_code == 200, chinese.text
        assert chinese.json()["text"] == "您在天水市的医保个人账户，余额是一千八百四十二元五角。"
        assert chinese.json()["account"]["balance_fen"] == 184250
        assert english.json()["text"] == (
            "The balance of your personal medical insurance account is"
            " one thousand eight hundred and forty-two yuan and fifty fen.")
        for language, response in (("zh", chinese), ("en", english)):
            assert response.headers["content-language"] == response.json()["language"] == language
            assert response.headers["vary"] == "Accept, Accept-Language"
            spoken = caller.call(language=language, Accept="text/plain")
            assert spoken.headers["content-type"] == "text/plain; charset=utf-8"
            assert spoken.text == response.json()["text"]
            assert spoken.headers["content-language"] == language

    @pytest.mark.parametrize("fen", [0, 5, 100, 100_005_00, 9_007_199_254_740_991])
    def test_amounts(self, new_caller, sql, fen):
        caller = new_caller()
        open_account(sql, caller.person_id, "620500", balance_fen=fen)
        assert words.amount_zh(fen) in caller.call().json()["text"]
        assert words.amount_en(fen) in caller.call(language="en").json()["text"]

    def test_what_is_held_back(self, new_caller, sql):
        caller = new_caller()
        account_id = open_account(sql, caller.person_id, "620500", balance_fen=20000)
        hold_id = money.hold(sql, account_id, 5000)
        body = caller.call().json()
        assert (body["account"]["held_fen"], body["account"]["available_fen"]) == (5000, 15000)
        assert "其中五十元已经预留，现在可以使用的是一百五十元。" in body["text"]
        money.void(sql, account_id, hold_id, 5000)

    def test_the_account_that_receives_and_the_sum_of_the_others(self, new_caller, sql):
        caller = new_caller()
        open_account(sql, caller.person_id, "440100", "spend_only", 6000, day=3)
        open_account(sql, caller.person_id, "110000", "frozen", 5, day=2)
        open_account(sql, caller.person_id, "350200", "closed")
        open_account(sql, caller.person_id, "620500", "active", 100, day=1)
        body = caller.call().json()
        assert body["account"]["region_code"] == "620500" and body["account"]["status"] == "active"
        assert (body["others_count"], body["others_balance_fen"]) == (2, 6005)
        assert body["text"].endswith("余额是一元。您还有两个以前的账户，余额一共是六十元零五分。")

    def test_an_account_that_no_longer_receives(self, new_caller, sql):
        caller = new_caller()
        open_account(sql, caller.person_id, "620500", "spend_only", 100)
        assert "这个账户不再有新的钱划入" in caller.call().json()["text"]

    @pytest.mark.parametrize(("reason", "enrolments"), [
        ("resident_scheme", [("resident", "pooled_only", "active")]),
        ("pooled_only", [("employee", "pooled_only", "active")]),
        ("not_enrolled", [("employee", "pooled_only", "ended")]),
        ("not_enrolled", []),
    ])
    def test_no_account_and_why(self, new_caller, sql, reason, enrolments):
        caller = new_caller()
        for scheme, mode, status in enrolments:
            enrol(sql, caller.person_id, "620500", scheme, mode, status)
        body = caller.call().json()
        assert (body["account"], body["no_account_reason"]) == (None, reason)
        assert "个人账户" in body["text"]


class TestContributions:
    def this_month(self):
        shanghai = datetime.timezone(datetime.timedelta(hours=8))
        today = datetime.datetime.now(shanghai)
        return today.year * 12 + today.month - 1

    def day(self, month):
        return datetime.date(month // 12, month % 12 + 1, 1)

    def test_months_last_payment_and_newest_records(self, new_caller, sql):
        caller, now = new_caller(), self.this_month()
        paid = [now, now - 1, now - 2, now - 4, now - 12, now - 13]  # this month and the one a year ago are not counted
        rows = [(self.day(month), "employee", "regular", "R", 15000) for month in paid]
        rows += [(self.day(now - 2), "employee", "base_adjustment", "A", 200), (self.day(now - 5), "employee", "refund", "B", 1)]
        money.record_contributions(sql, caller.person_id, "620500", rows)
        body = caller.call(CONTRIBUTIONS).json()
        assert body["months_paid"] == 4
        assert (body["from_month"], body["to_month"]) == tuple(f"{self.day(m):%Y-%m}" for m in (now - 12, now - 1))
        assert body["last_paid"]["period"] == f"{self.day(now):%Y-%m}"
        assert [(r["period"], r["kind"]) for r in body["records"]] == [
            (f"{self.day(now):%Y-%m}", "regular"), (f"{self.day(now - 1):%Y-%m}", "regular"),
            (f"{self.day(now - 2):%Y-%m}", "regular")]
        assert body["text"].startswith("过去十二个月里，您的职工医保缴费了四个月。最近一次缴费是")
        assert body["text"].count("一百五十元") == 3

    def test_a_month_that_was_refunded_is_not_paid(self, new_caller, sql):
        caller, now = new_caller(), self.this_month()
        rows = [(self.day(now - 1), "employee", "regular", "R", 15000), (self.day(now - 1), "employee", "refund", "B", 15000),
                (self.day(now - 2), "employee", "regular", "R", 15000), (self.day(now - 2), "employee", "refund", "B", 100),
                (self.day(now - 3), "employee", "deemed_years", "D", 0)]  # fmt: skip
        money.record_contributions(sql, caller.person_id, "620500", rows)
        body = caller.call(CONTRIBUTIONS).json()
        assert body["months_paid"] == 1
        assert body["last_paid"]["period"] == f"{self.day(now - 2):%Y-%m}"

    def test_what_was_taken_back_is_left_out(self, new_caller, sql):
        caller, now = new_caller(), self.this_month()
        row = (self.day(now - 1), "employee", "regular", "R", 15000)
        money.record_contributions(sql, caller.person_id, "620500", [row])
        assert caller.call(CONTRIBUTIONS).json()["months_paid"] == 1
        ((taken_back,),) = sql.execute("UPDATE contribution SET status = 'withdrawn' WHERE person_key = %s RETURNING contribution_id",
                                       [money.key_of(caller.person_id)]).fetchall()
        plant_approved(sql, "reverse_contribution", caller.person_id, taken_back)
        assert caller.call(CONTRIBUTIONS).json()["text"] == "没有查到您的缴费记录。"

    def test_a_resident(self, new_caller, sql):
        caller, year = new_caller(), self.this_month() // 12
        rows = [(datetime.date(y, 1, 1), "resident", "regular", "R", 40000) for y in range(year - 3, year + 1)]
        money.record_contributions(sql, caller.person_id, "620500", rows)
        body = caller.call(CONTRIBUTIONS, language="en").json()
        assert body["months_paid"] == 0 and len(body["records"]) == 3
        assert body["text"].startswith(f"The latest payment is for {words.year_en(year)} under the resident scheme")

    def test_nothing_was_paid(self, new_caller):
        caller = new_caller()
        body = caller.call(CONTRIBUTIONS).json()
        assert (body["months_paid"], body["last_paid"], body["records"]) == (0, None, [])
        assert caller.call(CONTRIBUTIONS, Accept="text/plain").text == "没有查到您的缴费记录。"
