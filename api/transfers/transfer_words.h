/* What transfers are said to be, in words that people understand. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/request.h"

/* Where a transfer is, and what happens next. */
struct span transfer_state_text(struct span machine, struct span state, enum language language);
/* What somebody has done to it. */
struct span transfer_event_text(struct span event, enum language language);
/* What becomes of the money: of `money` of transfer_money (db/functions/152). */
struct span transfer_money_text(struct span money, enum language language);
/* Why it goes the way it goes: of `reasons` of transfer_plan (db/functions/157). */
struct span transfer_reason_text(struct span reason, enum language language);
/* A step on the way: check, out_review, in_review or payout. */
struct span transfer_step_text(struct span step, enum language language);
/* What to do about a refusal or warning: the detail of the problem of that code. */
struct span transfer_refusal_text(struct span code, enum language language);
