-- Settles one account: posts the interest of all days that are open, up to today,
-- and carries money over where a year ended.
-- SPDX-License-Identifier: Apache-2.0
-- What empties an account for good calls it before: a merge, a withdrawal, a closing. Today bears nothing any more.
-- Locks: the caller has locked the account in an earlier statement. Outcomes: the interest posted, fen. Years without a
-- rule or rate are passed over: nothing is due. refusal: balance_overflow, and the rest stays open; else null.
CREATE OR REPLACE FUNCTION interest_settle(
    asked_person_key bigint, asked_account_id uuid, proposal_id uuid, instant timestamptz, hash_algorithm text)
RETURNS TABLE (interest_fen bigint, postings bigint, refusal text)
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    days record;
    done record;
BEGIN
    interest_fen := 0;
    postings := 0;
    FOR days IN
        SELECT * FROM interest_open_days(asked_person_key, asked_account_id,
                                         (instant AT TIME ZONE 'Asia/Shanghai')::date)
    LOOP
        SELECT * INTO STRICT done
          FROM interest_post(ARRAY[asked_person_key], ARRAY[asked_account_id], ARRAY[days.year_start],
                             ARRAY[days.from_day], ARRAY[days.to_day], NULL, proposal_id, instant, hash_algorithm);
        IF done.status = 'posted' THEN
            interest_fen := interest_fen + done.current_year_interest_fen + done.carried_over_interest_fen;
            postings := postings + 1;
        ELSIF done.status NOT IN ('no_rule', 'no_rate', 'nothing_due') THEN
            refusal := done.status;
            EXIT;
        END IF;
    END LOOP;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION interest_settle(bigint, uuid, uuid, timestamptz, text) IS
    'Posts the interest of all open days of a locked account, up to today; the interest in fen, or what refused it';
