/* What every request that moves money begins and ends with: its key, its time, and whether it was answered before. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"
#include "server/http/reply.h"
#include "server/http/request.h"

struct money {
    struct span key;
    uint8_t content_hash[KEYED_HASH_BYTES]; /* keyed: the arguments may hold citizen and card numbers */
    int64_t instant_us;                     /* business time */
    int64_t real_us;
    int32_t business_date;
    struct span hash_algorithm; /* of new ledger entries */
};

static inline struct span money_content(const struct money *money)
{
    return (struct span){.bytes = (const char *)money->content_hash, .length = sizeof money->content_hash};
}

/* A number that an outsider gives, /body/<name>: visible ASCII, so that it is the same for everybody who writes it. */
void money_check_number(struct request *request, const char *name, struct span number);
/*
 * In bind, before the write is bound. Checks the key, and with `dry_run=true` has the write executed and rolled back
 * (request->is_dry_run; where the caller must not probe in silence, set request->look too). `dry_run_arg` -1: the
 * operation has none.
 */
enum problem money_begin(struct request *request, int key_arg, int dry_run_arg, struct money *money);
/*
 * The instants anew: in proceed, when the write is bound only there. A write is refused when it has waited too long
 * since it was bound, because its instant would count as settled (server/pg/lane.h).
 */
void money_now(struct money *money);
/*
 * In render. PROBLEM_NONE when `status` is a word of success (money.c lists them), else the problem whose code it is.
 * Says `Idempotent-Replayed: true` of what was answered before, also of refusals, and when to ask again.
 */
enum problem money_outcome(struct request *request, struct span status, bool is_replayed, struct reply *reply);
