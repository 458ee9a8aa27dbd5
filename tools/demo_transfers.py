"""The transfer of the demo set that is under way, as SQL: somebody has applied to move to Guangzhou."""
# SPDX-License-Identifier: Apache-2.0


def statement(person_id, to_pool_code, today):
    """Applies through the program's own function, as the person would, unless they have a transfer."""
    return f"""
        SELECT done.status
          FROM (SELECT person.*, person_id_tick() AS tick, clock_timestamp() AS at FROM person) AS who
         CROSS JOIN LATERAL transfer_apply(
               ARRAY[person_id_at(who.person_key, who.tick)], ARRAY[who.person_key], ARRAY[who.person_id], ARRAY[NULL],
               ARRAY['{to_pool_code}'], ARRAY['employee'], ARRAY[NULL::bytea], ARRAY['person'], ARRAY['citizen'],
               ARRAY[who.person_id], ARRAY['{today}'::date], ARRAY[who.at], ARRAY['demo-transfer'],
               ARRAY[sha256('demo-transfer')], ARRAY[person_id_at(who.person_key, who.tick + 1)], ARRAY['demo'],
               ARRAY[who.at], ARRAY[true]) AS done
         WHERE who.person_id = '{person_id}'
           AND NOT EXISTS (SELECT FROM transfer WHERE transfer.person_key = who.person_key)"""
