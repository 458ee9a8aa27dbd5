/* POST /v1/wallet-transfers/{wallet_transfer_id}/cancellation: the sender takes it back. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/wallets/wallet_transfer.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct wallet_transfer_args args = {
        .wallet_transfer_id = CANCEL_WALLET_TRANSFER_WALLET_TRANSFER_ID,
        .idempotency_key = CANCEL_WALLET_TRANSFER_IDEMPOTENCY_KEY,
        .dry_run = CANCEL_WALLET_TRANSFER_DRY_RUN,
    };
    return wallet_transfer_end_bind(request, call, STATEMENT_WALLET_TRANSFER_CANCEL, &args);
}

const struct handler cancel_wallet_transfer_handler = {.bind = bind, .render = wallet_transfer_end_render};
