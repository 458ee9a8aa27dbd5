/* Seals a text message to the owner of an account; the statement leaves it in the outbox when the step is done. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/family/notice.h"
#include "api/api.h"

/* Without names: a telephone lies on tables, and may have changed hands. In Chinese: the owner's language is not known.
 */
static const char *const texts[] = {
    [NOTICE_NONE] = NULL,
    [NOTICE_MEMBER_ADDED] =
        "【医保个人账户】您的个人账户新增了一位家庭共济成员。如非您本人的意愿，请登录结束共济，或联系经办机构。",
    [NOTICE_BY_STAFF] =
        "【医保个人账户】经办机构为您的个人账户办理了家庭共济业务，详情请登录查看。如非您本人要求，请联系经办机构。",
};

bool notice_bind(struct request *request, enum notice notice, int outbox_id_param, int payload_param, struct call *call)
{
    if (notice == NOTICE_NONE) {
        return true;
    }
    struct span text = span_of(texts[notice]);
    struct uuid outbox_id = uuid_make(uuid_random_key());
    size_t room = text.length + SEAL_OVERHEAD_BYTES, written = 0;
    uint8_t *sealed = arena_alloc(request->arena, room);
    if (sealed == NULL || !keyring_seal(api_keyring(), "outbox.payload", outbox_id, text, sealed, room, &written)) {
        return false;
    }
    call_uuid(call, outbox_id_param, outbox_id);
    call_bytea(call, payload_param, (struct span){.bytes = (const char *)sealed, .length = written});
    return true;
}
