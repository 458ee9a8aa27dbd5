/* A person as staff enter one: read, checked, sealed and hashed. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"
#include "server/pg/statement.h"

/* Plain values point into the request's arguments or arena. */
struct new_person {
    struct uuid person_id;
    struct span certificate_kind;
    struct span number; /* normalised */
    struct span name;
    struct span phone;     /* empty: none */
    struct span bank_card; /* empty: none */
    struct span card_number;
    struct span number_items;
    struct span pool_code;
    int32_t birth_date;
    struct span sex;
    int64_t created_at_us;
};

/*
 * NULL without memory or when OpenSSL fails; otherwise look at request->faults_count: every fault is there at once,
 * also that the pool is not the caller's. The plain number is wiped when the request ends.
 */
struct new_person *new_person_read(struct request *request);
/* Seals and hashes into the parameters of person_create. False as above. */
bool new_person_bind(struct request *request, const struct new_person *person, struct call *call);
