"""Who is in the matrix of access, and whose objects its ids name; matrix_makers.py makes them."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import uuid

from tests.harness import consenting, money, viewing
from tests.harness.people import Principal
from tests.http.matrix_makers import MAKERS

ROLES = ("operator", "reviewer", "policy", "security", "auditor")
CLIENT_KINDS = ("mini_program", "app", "website", "service_platform", "terminal", "hotline", "provider", "payment_platform")


@dataclasses.dataclass(frozen=True)
class Somebody:
    """Of staff, `reaches` names those of target and stranger whose pools their regions cover."""

    name: str
    principal: object  # None: sends no token
    reaches: frozenset = frozenset()
    role: str = None
    is_thorough: bool = False  # goes through every form of every id; the others only through the telling ones
    client_kind: str = None
    scopes: frozenset = frozenset()  # what the target has agreed to
    is_asker: bool = False  # the client that has asked for consent
    views: frozenset = frozenset()  # operations by which a relative looks at the target's account


class World:
    """The target is in one pool, so that whoever covers that pool reaches it; the stranger is in another province."""

    def __init__(self, api, sql, demo, new_token, new_client, new_citizen):
        self.api, self.sql, self.demo, self.new_token, self.new_client = api, sql, demo, new_token, new_client
        self.new_citizen = new_citizen
        self.target = demo.employee
        (self.pool,) = self.pools_of(self.target)
        self.stranger = next(c for c in demo.citizens if c.account_id and self.is_elsewhere(c))
        (self.other_pool,) = self.pools_of(self.stranger)
        self.asker, self.allowed = new_token("client"), new_token("client")
        self.everybody = [*self.people(), *self.clients(), *self.staff()]
        self.made = {}

    def pools_of(self, citizen):
        rows = self.sql.execute(
            "SELECT pool_code FROM enrolment WHERE person_key = %(k)s"
            " UNION SELECT pool_code FROM account WHERE person_key = %(k)s AND pool_code <> '000000'"
            " UNION SELECT pool_code FROM contribution WHERE person_key = %(k)s",
            {"k": money.key_of(citizen.person_id)},
        )
        return [code for (code,) in rows]

    def is_elsewhere(self, citizen):
        pools = self.pools_of(citizen)
        return len(pools) == 1 and pools[0][:2] != self.pool[:2]

    # --- who ----------------------------------------------------------------------------------------------------------

    def people(self):
        yield Somebody("anonymous", None)
        yield Somebody("owner", self.target, frozenset({"target"}), is_thorough=True)
        yield Somebody("stranger", self.stranger, frozenset({"stranger"}), is_thorough=True)
        looks = ("getAccount", "getAccountBalance", "listAccountEntries")
        for scope, views in (("balance", looks[:2]), ("balance_and_entries", looks)):
            relative = self.relative(scope)
            yield Somebody(f"relative who may see {scope}", relative, is_thorough=True, views=frozenset(views))
        yield Somebody("relative who gave the grant back", self.relative("balance_and_entries", gives_back=True), is_thorough=True)

    def relative(self, scope, gives_back=False):
        """Somebody whom the target lets look at the account."""
        citizen = self.new_citizen()
        token = self.new_token("citizen", subject_id=citizen.person_id)  # no session, which the matrix would end
        principal = Principal(token.token, "citizen", person_id=citizen.person_id, name=citizen.name)
        made = viewing.granted(self.api, self.target, citizen, scope=scope)
        if gives_back:
            viewing.revoke(self.api, made["view_grant_id"], principal)
        return principal

    def clients(self):
        yield Somebody("asker", self.asker, client_kind="mini_program", is_asker=True, is_thorough=True)
        for kind in CLIENT_KINDS:
            yield Somebody(f"{kind} without consent", self.new_token("client", client_kind=kind), client_kind=kind)
        for scope in consenting.SCOPES:
            client = self.agreed("mini_program", [scope])
            yield Somebody(f"client for {scope}", client, client_kind="mini_program", scopes=frozenset({scope}))
        everything = frozenset(consenting.SCOPES)
        client = self.agreed("terminal", everything)
        yield Somebody("client for everything", client, client_kind="terminal", scopes=everything, is_thorough=True)
        revoked, consent = self.new_token("client"), None
        consent = consenting.agree(self.api, revoked, self.target)
        self.api.delete(f"{consenting.CONSENTS}/{consent['consent_id']}", by=self.target)
        yield Somebody("client whose consent was taken back", revoked, client_kind="mini_program")

    def agreed(self, kind, scopes):
        client = self.new_token("client", client_kind=kind)
        consenting.agree(self.api, client, self.target, sorted(scopes))
        return client

    def staff(self):
        regions = {
            "pool": ([self.pool], {"target"}),
            "neighbour": ([str(int(self.pool) + 100)], set()),
            "nation": (["000000"], {"target", "stranger"}),
            "province": ([self.pool[:2] + "0000"], {"target"}),
            "several": (["210100", self.pool], {"target"}),
            "elsewhere": ([self.other_pool], {"stranger"}),
            "other province": (["210000"], set()),
        }
        for role in ROLES:
            for where, (codes, reaches) in regions.items():
                staff = self.new_token("staff", roles=[role], regions=codes)
                yield Somebody(f"{role} {where}", staff, frozenset(reaches), role, where in ("pool", "neighbour"))
        everything = self.new_token("staff", roles=list(ROLES), regions=["210100"])
        yield Somebody("all roles elsewhere", everything, frozenset(), "all", True)

    # --- what ---------------------------------------------------------------------------------------------------------

    def existing(self, kind, owner, fresh=False):
        """The id of such an object of the target's or the stranger's; a fresh one where it may be used up."""
        if fresh or (kind, owner) not in self.made:
            citizen = self.target if owner == "target" else self.stranger
            self.made[kind, owner] = str(MAKERS[kind](self, citizen))
        return self.made[kind, owner]

    def of_record(self, citizen, table, column):
        rows = self.sql.execute(
            f"SELECT {column}::text FROM {table} WHERE person_key = %s ORDER BY {column} LIMIT 1",
            [money.key_of(citizen.person_id)],
        )
        return rows.fetchone()[0]

    def pool_of(self, citizen):
        return self.pool if citizen == self.target else self.other_pool

    def asked(self, citizen, client=None):
        """A fresh request of a client, whose earlier ones are long ago, so that no limit is met."""
        client = client or self.asker
        self.sql.execute(
            "UPDATE consent_request SET created_at = created_at - interval '10 days', expires_at = expires_at - interval '10 days'"
            " WHERE client_id = %s",
            [client.subject_id],
        )
        return consenting.ask(self.api, client, citizen)

    def forms(self, kind, is_thorough):
        """{name: id} of ids that are nobody's of that kind."""
        mine, theirs = self.existing(kind, "target"), self.existing(kind, "stranger")
        absent = str(uuid.uuid4())
        forms = {"absent": absent, "absent, of the target's key": mixed(absent, self.target.person_id)}
        if is_thorough:
            forms["nil"] = str(uuid.UUID(int=0))
            forms["the target's, of the stranger's key"] = mixed(mine, theirs, self.stranger.person_id)
            forms["the stranger's, of the target's key"] = mixed(theirs, mine, self.target.person_id)
            forms["of another kind"] = self.target.account_id if kind == "person_id" else self.target.person_id
        return forms


def mixed(high, *lows):
    """An id with the time of one and the key of the first other that differs."""
    for low in lows:
        one = str(uuid.UUID(int=uuid.UUID(high).int & ~money.KEY_MASK | uuid.UUID(low).int & money.KEY_MASK))
        if one not in (high, low):
            return one
    return str(uuid.uuid4())
