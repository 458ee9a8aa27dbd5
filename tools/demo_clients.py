"""The institutions of the demo set, as SQL: a hospital that charges accounts of every pool, and a pharmacy of one."""
# SPDX-License-Identifier: Apache-2.0
import secrets
import time

INSTITUTIONS = (
    ("示例市人民医院", "hospital", "H62050000001", "000000"),
    ("示例大药房", "pharmacy", "P62050000001", "620500"),
)
FOUND = f"""
    SELECT client.client_id, client.name, array_to_string(client.regions, ','), provider.institution_type,
           provider.institution_code
      FROM client JOIN provider ON provider.provider_id = client.client_id
     WHERE provider.institution_code IN ({", ".join(f"'{code}'" for _, _, code, _ in INSTITUTIONS)})
     ORDER BY provider.institution_code"""


def client_id():
    """Version 7: ids of clients grow with time."""
    number = time.time_ns() // 1_000_000 << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)
    return f"{number:032x}"


def statements():
    """One for each institution that is not there yet."""
    for name, institution_type, code, region in INSTITUTIONS:
        yield f"""
            WITH made AS (
                INSERT INTO client (client_id, kind, name, regions, state, created_at, changed_at)
                SELECT '{client_id()}', 'provider', '{name}', ARRAY['{region}'], 'active', clock.at, clock.at
                  FROM (SELECT clock_timestamp() AS at) AS clock
                 WHERE NOT EXISTS (SELECT FROM provider WHERE institution_code = '{code}')
                RETURNING client_id)
            INSERT INTO provider (provider_id, institution_type, institution_code)
            SELECT client_id, '{institution_type}', '{code}' FROM made"""
