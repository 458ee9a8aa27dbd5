/* What the operations need besides their request: settled once at start, read by all threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/config.h"
#include "server/crypto/keyring.h"
#include <stdbool.h>
#include <stdint.h>

/* Before the first request, on one thread; both must outlive the last one. */
void api_init(const struct config *config, const struct keyring *keyring);

const struct keyring *api_keyring(void);
bool api_is_production(void);
bool api_can_send_sms(void); /* a gateway is set; whether it works shows only later */
/* Of citizens' sessions, in µs. */
struct session_times {
    int64_t access_us;
    int64_t idle_us;
    int64_t life_us;
    int64_t grace_us;
};
const struct session_times *api_session_times(void);
struct span api_chain_hash(void); /* sha256 or sm3: of new ledger entries */
/* A posting still under way may be dated up to this long ago (µs): younger instants are not settled. */
int64_t api_settling_us(void);
