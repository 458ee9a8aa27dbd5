/* Roles and regions of principals as the contract names them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/principal_text.h"

void principal_write_roles(struct json_writer *writer, const struct principal *principal)
{
    json_array_open(writer);
    for (size_t i = 0; i < STAFF_ROLES; i++) {
        if ((principal->roles & staff_role_names[i].role) != 0) {
            json_text(writer, staff_role_names[i].name);
        }
    }
    json_array_close(writer);
}

void principal_write_regions(struct json_writer *writer, const struct principal *principal)
{
    json_array_open(writer);
    for (uint32_t i = 0; i < principal->regions_count; i++) {
        json_text(writer, span_of(principal->regions[i]));
    }
    json_array_close(writer);
}
