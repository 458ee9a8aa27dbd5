/* Whether a pool lies in one of the regions of who imports. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/import/regions.h"
#include "api/access.h"

#define CODE_LENGTH 6

bool regions_are_codes(const char *regions)
{
    for (const char *at = regions;; at += CODE_LENGTH + 1) {
        if (strspn(at, "0123456789") != CODE_LENGTH || (at[CODE_LENGTH] != ',' && at[CODE_LENGTH] != '\0')) {
            return false;
        }
        if (at[CODE_LENGTH] == '\0') {
            return true;
        }
    }
}

bool regions_cover(const char *regions, struct span pool_code)
{
    for (const char *at = regions; *at != '\0'; at += *at == ',') {
        struct span code = {.bytes = at, .length = strcspn(at, ",")};
        if (access_region_covers(code, pool_code)) {
            return true;
        }
        at += code.length;
    }
    return false;
}
