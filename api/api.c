/* What the operations need besides their request: settled once at start, read by all threads. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

static struct {
    const struct keyring *keyring;
    bool is_production;
    bool can_send_sms;
    int64_t settling_us;
    struct span chain_hash;
    struct session_times session_times;
} environment;

void api_init(const struct config *config, const struct keyring *keyring)
{
    environment.keyring = keyring;
    environment.is_production = config_is_production(config);
    environment.can_send_sms = config->sms_gateway[0] != '\0';
    environment.settling_us = 2 * config->write_timeout_ms * 1000;
    environment.chain_hash = span_of(config->chain_hash);
    environment.session_times = (struct session_times){
        .access_us = config->access_token_s * 1000000,
        .idle_us = config->session_idle_s * 1000000,
        .life_us = config->session_life_s * 1000000,
        .grace_us = config->refresh_grace_s * 1000000,
    };
}

const struct keyring *api_keyring(void)
{
    return environment.keyring;
}

bool api_is_production(void)
{
    return environment.is_production;
}

bool api_can_send_sms(void)
{
    return environment.can_send_sms;
}

const struct session_times *api_session_times(void)
{
    return &environment.session_times;
}

struct span api_chain_hash(void)
{
    return environment.chain_hash;
}

int64_t api_settling_us(void)
{
    return environment.settling_us;
}
