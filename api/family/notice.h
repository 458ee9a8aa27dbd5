/* A text message to the owner of an account about what becomes of its family members. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"
#include "server/pg/statement.h"

enum notice {
    NOTICE_NONE,
    NOTICE_MEMBER_ADDED, /* a relative has agreed */
    NOTICE_BY_STAFF,     /* an agency has done something in the owner's name */
};

/* Binds the message's id and its sealed text, or nothing. False: not enough memory. */
bool notice_bind(struct request *request, enum notice notice, int outbox_id_param, int payload_param,
                 struct call *call);
