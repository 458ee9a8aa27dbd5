"""The people of var/demo.json: citizens by what is particular about them, staff by role, providers by type."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses


@dataclasses.dataclass(frozen=True)
class Principal:
    token: str
    kind: str
    name: str = ""
    person_id: str = None
    account_id: str = None
    note: str = ""
    role: str = None
    regions: tuple = ()
    token_id: str = None
    subject_id: str = None
    citizen_number: str = None
    card_number: str = None
    phone: str = None
    institution_code: str = None


CITIZEN_FIELDS = ("token", "name", "person_id", "account_id", "note", "citizen_number", "card_number", "phone")


class Demo:
    def __init__(self, document):
        self.document = document
        self.admin_token = document["admin_token"]
        self.admin = Principal(self.admin_token, "staff", role="security")
        self.citizens = [
            Principal(kind="citizen", **{k: c[k] for k in CITIZEN_FIELDS}) for c in document["citizens"]
        ]
        self.all_staff = [
            Principal(s["token"], "staff", role=s["role"], regions=tuple(s["regions"])) for s in document["staff"]
        ]
        self.providers = {
            c["institution_type"]: Principal(
                c["token"], "client", name=c["name"], subject_id=c["client_id"], regions=tuple(c["regions"]),
                institution_code=c["institution_code"],
            )
            for c in document["clients"]
        }
        self.employee = self.citizen("employee")
        self.resident = next(citizen for citizen in self.citizens if citizen.account_id is None)

    def citizen(self, words):
        """The first whose note has all the words."""
        for citizen in self.citizens:
            if all(word in citizen.note for word in words.split()):
                return citizen
        raise LookupError(f"no citizen with {words} in: {[c.note for c in self.citizens]}")

    def staff(self, role):
        return next(member for member in self.all_staff if member.role == role)

    def provider(self, institution_type):
        return self.providers[institution_type]
