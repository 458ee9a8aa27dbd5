"""What one client of a storm asks for, and what it believes of its charges from what it was answered."""
# SPDX-License-Identifier: Apache-2.0
import collections
import datetime

from tests.faults.asking import Request

USAGES = ("medicine", "consumable", "treatment")


class Trade:
    """Of one provider, so that nobody else touches its charges; the accounts are everybody's."""

    def __init__(self, rng, provider, accounts, name):
        self.rng, self.provider, self.accounts, self.name = rng, provider, accounts, name
        self.made = 0
        self.charges = {}  # charge_id → what GET must say
        self.held, self.captured = [], []
        self.spent_fen = collections.Counter()  # of each account, acknowledged
        self.held_fen = collections.Counter()
        self.refunds = 0
        self.keys_done = 0

    def next(self):
        dice = self.rng.random()
        if self.held and dice < 0.12:
            return self._capture(self.rng.choice(self.held))
        if self.held and dice < 0.18:
            return self._post(f"/v1/charges/{self.rng.choice(self.held)}/void")
        if self.captured and dice < 0.30:
            return self._refund(self.rng.choice(self.captured))
        if self.charges and dice < 0.36:
            known = self.rng.choice(self.held + self.captured or list(self.charges))
            return Request(self.provider, "GET", f"/v1/charges/{known}")
        return self._charge(is_hold=dice > 0.80)

    def _post(self, path, **body):
        self.made += 1
        return Request(self.provider, "POST", path, f"{self.name}-{self.made:07d}", body or None)

    def _charge(self, is_hold):
        amount_fen = self.rng.randint(1, 5000) if self.rng.random() > 0.02 else 10**12
        body = {
            "account_id": self.rng.choice(self.accounts),
            "amount_fen": amount_fen,
            "usage": self.rng.choice(USAGES),
            "charge_no": f"{self.name}-{self.made + 1}",
            "capture": not is_hold,
        }
        if is_hold:
            ends = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=20)
            body["expires_at"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._post("/v1/charges", **body)

    def _capture(self, charge_id):
        amount_fen = self.charges[charge_id]["amount_fen"]
        return self._post(f"/v1/charges/{charge_id}/capture", amount_fen=self.rng.randint(1, amount_fen))

    def _refund(self, charge_id):
        """Now and then more than is left."""
        left_fen = self.charges[charge_id]["captured_fen"] - self.charges[charge_id]["refunded_fen"]
        number = f"{self.name}-r{self.made + 1}"
        amount_fen = self.rng.randint(1, left_fen + 5)
        return self._post(f"/v1/charges/{charge_id}/refunds", amount_fen=amount_fen, refund_no=number)

    def learn(self, request, answer):
        """What an answer says; one that contradicts earlier ones fails the run."""
        if request.method == "GET":
            self._compare(request.path.split("/")[3], answer)
        elif answer.status == 201 and request.path == "/v1/charges":
            self._charged(request, answer.body)
        elif answer.status in (200, 201):
            self._changed(request, answer.body)
        else:
            self._refused(request, answer)

    def _compare(self, charge_id, answer):
        assert answer.status == 200, (charge_id, answer)
        expected = self.charges[charge_id]
        for name, value in expected.items():
            assert answer.body.get(name) == value, f"{charge_id}: {name} is {answer.body.get(name)}, acknowledged was {value}"

    def _charged(self, request, body):
        self.keys_done += 1
        charge_id, asked = body["charge_id"], request.body
        assert charge_id not in self.charges, f"{charge_id} was the answer to two keys"
        for name in ("account_id", "amount_fen", "usage", "charge_no"):
            assert body[name] == asked[name], (name, body, asked)
        # What only the reply to a charge says, such as the balance after it, is not part of the charge.
        self.charges[charge_id] = {name: value for name, value in body.items() if name != "balance_after_fen"}
        if asked["capture"]:
            self.captured.append(charge_id)
            self.spent_fen[asked["account_id"]] += asked["amount_fen"]
        else:
            self.held.append(charge_id)
            self.held_fen[asked["account_id"]] += asked["amount_fen"]

    def _changed(self, request, body):
        self.keys_done += 1
        charge_id, action = request.path.split("/")[3:5]
        charge = self.charges[charge_id]
        account = charge["account_id"]
        if action == "refunds":
            self.refunds += 1
            (payer,) = charge["payers"]  # nobody here shares an account
            payer["refunded_fen"] = charge["refunded_fen"] = charge["refunded_fen"] + request.body["amount_fen"]
            charge.pop("changed_at", None)
            self.spent_fen[account] -= request.body["amount_fen"]
            assert charge["refunded_fen"] <= charge["captured_fen"], f"{charge_id}: more was refunded than charged"
            if charge["refunded_fen"] == charge["captured_fen"]:
                self.captured.remove(charge_id)
            return
        self.held.remove(charge_id)
        self.held_fen[account] -= charge["amount_fen"]
        self.charges[charge_id] = {**charge, **{name: body[name] for name in body if name in charge}}
        if action == "capture":
            assert body["state"] == "captured" and body["captured_fen"] == request.body["amount_fen"], body
            self.captured.append(charge_id)
            self.spent_fen[account] += request.body["amount_fen"]
        else:
            assert body["state"] == "voided", body

    def _refused(self, request, answer):
        if request.path == "/v1/charges" and request.body["amount_fen"] == 10**12:
            assert answer.code == "insufficient_balance", answer
        elif request.path.endswith("/refunds"):
            charge = self.charges[request.path.split("/")[3]]
            left_fen = charge["captured_fen"] - charge["refunded_fen"]
            assert answer.code == "refund_exceeds_charge" and request.body["amount_fen"] > left_fen, (answer, left_fen)
        else:
            raise AssertionError(f"{request.method} {request.path} {request.body} was refused: {answer}")
