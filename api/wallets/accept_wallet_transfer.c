/* POST /v1/wallet-transfers/{wallet_transfer_id}/acceptance: the receiver takes the money into the wallet. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/wallets/wallet_transfer.h"

static enum problem bind(struct request *request, struct call *call)
{
    const struct wallet_transfer_args args = {
        .wallet_transfer_id = ACCEPT_WALLET_TRANSFER_WALLET_TRANSFER_ID,
        .idempotency_key = ACCEPT_WALLET_TRANSFER_IDEMPOTENCY_KEY,
        .dry_run = ACCEPT_WALLET_TRANSFER_DRY_RUN,
    };
    return wallet_transfer_end_bind(request, call, STATEMENT_WALLET_TRANSFER_ACCEPT, &args);
}

const struct handler accept_wallet_transfer_handler = {.bind = bind, .render = wallet_transfer_end_render};
