/* Opens or masks the card and name that a withdrawal is paid to. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/withdrawals/payee.h"

struct seal {
    const char *table_column;
    struct uuid row_id;
};

static struct seal card_seal(const struct payee *payee)
{
    bool is_of_transfer = span_equal(payee->card_of, SPAN("transfer"));
    return is_of_transfer ? (struct seal){"transfer.bank_card", payee->transfer_id}
                          : (struct seal){"withdrawal.bank_card", payee->withdrawal_id};
}

static struct seal name_seal(const struct payee *payee)
{
    bool is_of_person = span_equal(payee->name_of, SPAN("person"));
    return is_of_person ? (struct seal){"person.name", payee->person_id}
                        : (struct seal){"withdrawal.payee_name", payee->withdrawal_id};
}

bool payee_write_masked(struct request *request, struct json_writer *writer, const struct payee *payee)
{
    struct seal card = card_seal(payee), name = name_seal(payee);
    return sealed_write_masked(request, writer, "payee_name_masked", name.table_column, name.row_id, payee->name,
                               mask_name) &&
           sealed_write_masked(request, writer, "bank_card_masked", card.table_column, card.row_id, payee->card,
                               mask_bank_card);
}

bool payee_open(struct request *request, const struct payee *payee, struct span *card, struct span *name)
{
    struct seal of_card = card_seal(payee), of_name = name_seal(payee);
    return sealed_open(request, of_card.table_column, of_card.row_id, payee->card, card) &&
           sealed_open(request, of_name.table_column, of_name.row_id, payee->name, name);
}
