/* The fixed keys that fuzz targets hash and seal with. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/crypto/keyring.h"

const struct keyring *fuzz_keyring(void);
