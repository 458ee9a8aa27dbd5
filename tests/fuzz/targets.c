/* The table of fuzz targets, and what all of them need before the first input. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "server/crypto/keyring_internal.h"
#include "server/http/page.h"
#include "server/json_memory.h"
#include "server/log.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/keys.h"

const struct fuzz_target fuzz_targets[] = {
#define FUZZ_ROW(name) {#name, fuzz_##name},
    FUZZ_TARGETS(FUZZ_ROW)
#undef FUZZ_ROW
        {NULL, NULL},
};

static struct keyring *keyring;

const struct keyring *fuzz_keyring(void)
{
    return keyring;
}

void fuzz_begin(void)
{
    static const struct config config = {
        .mode = "development", .sms_gateway = "", .chain_hash = "sha256", .write_timeout_ms = 5000};
    uint8_t keys[KEY_PURPOSES][KEY_BYTES];
    memset(keys, 7, sizeof keys);
    json_memory_install();
    log_set_level(LOG_ERROR);
    keyring = keyring_open_fixed(keys);
    assert(keyring != NULL);
    api_init(&config, keyring);
    page_init(keys[0]);
}
