-- Takes one step of a withdrawal that was judged: moves its money and stores what it is then.
-- SPDX-License-Identifier: Apache-2.0
-- Arguments: return_id: operation of the entries that bring the money back. bank_card: of change_bank_account, sealed
-- for the withdrawal. paid_on: of what was paid. bounce_code: of bounce.
-- Locks: the caller has locked withdrawal, transfer and account in earlier statements.
-- Outcomes: the row as it is then; changed_at is the step's instant, not before that of the entries.
CREATE OR REPLACE FUNCTION withdrawal_step_do(
    asked withdrawal, event text, actor_id uuid, return_id uuid, bank_card bytea, paid_on date, bounce_code text,
    instant timestamptz, hash_algorithm text) RETURNS withdrawal
    LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_variable
DECLARE
    done withdrawal := asked;
    taken record;
    posted_at timestamptz;
BEGIN
    instant := greatest(instant, asked.changed_at); -- another server's clock may be ahead of this one's
    done.state := state_next('withdrawal', asked.state, event);
    IF event = 'review' THEN
        done.reviewed_by := actor_id;
    ELSIF event = 'approve' THEN
        SELECT * INTO taken FROM withdrawal_take(asked.person_key, asked.account_id, asked.withdrawal_id, instant,
                                                 hash_algorithm);
        done.approved_by := actor_id;
        done.current_year_fen := taken.current_year_fen;
        done.carried_over_fen := taken.carried_over_fen;
        done.amount_fen := taken.current_year_fen + taken.carried_over_fen;
        done.account_status := taken.account_status;
        posted_at := taken.posted_at;
    ELSIF event IN ('cancel', 'give_up') AND asked.amount_fen > 0 THEN
        posted_at := withdrawal_give_back(asked, return_id, instant, hash_algorithm);
        done.return_id := return_id;
    ELSIF event = 'change_bank_account' THEN
        done.bank_card_sealed := bank_card;
        done.bank_card_of := 'withdrawal';
        done.bounce_code := NULL;
    ELSIF event IN ('pay_at_window', 'confirm') THEN
        done.paid_on := paid_on;
        done.paid_by := CASE event WHEN 'confirm' THEN 'bank' ELSE 'window' END;
    ELSIF event = 'bounce' THEN
        done.bounce_code := bounce_code;
    END IF;
    done.changed_at := greatest(instant, posted_at);
    IF done.state IN ('paid', 'returned', 'rejected', 'cancelled') THEN
        done.ended_at := done.changed_at;
    END IF;
    UPDATE withdrawal AS w
       SET state = done.state, amount_fen = done.amount_fen, current_year_fen = done.current_year_fen,
           carried_over_fen = done.carried_over_fen, changed_at = done.changed_at, ended_at = done.ended_at,
           paid_on = done.paid_on, return_id = done.return_id, reviewed_by = done.reviewed_by,
           approved_by = done.approved_by, account_status = done.account_status, paid_by = done.paid_by,
           bank_card_sealed = done.bank_card_sealed, bank_card_of = done.bank_card_of, bounce_code = done.bounce_code
     WHERE w.person_key = asked.person_key AND w.withdrawal_id = asked.withdrawal_id;
    IF done.state = 'paid' THEN
        PERFORM withdrawal_over(done, 'paid', done.changed_at);
    ELSIF done.return_id IS NOT NULL THEN
        PERFORM withdrawal_over(done, 'returned', done.changed_at);
    END IF;
    RETURN done;
END
$$;
COMMENT ON FUNCTION withdrawal_step_do(withdrawal, text, uuid, uuid, bytea, date, text, timestamptz, text) IS
    'Takes one step of a withdrawal that was judged; the row as it is then';
