/* Hashes what a request asks for. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/idempotency.h"
#include <openssl/evp.h>
#include <pthread.h>

static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void sha256_fetch(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* Behind its length, so that no two lists of values look alike. */
static bool add(EVP_MD_CTX *context, const void *bytes, size_t length)
{
    uint64_t width = length;
    return EVP_DigestUpdate(context, &width, sizeof width) == 1 && EVP_DigestUpdate(context, bytes, length) == 1;
}

static bool add_texts(EVP_MD_CTX *context, const struct arg *arg)
{
    uint64_t count = arg->texts.count;
    bool is_added = add(context, &count, sizeof count);
    for (size_t i = 0; is_added && i < arg->texts.count; i++)
        is_added = add(context, arg->texts.items[i].bytes, arg->texts.items[i].length);
    return is_added;
}

static bool add_value(EVP_MD_CTX *context, const struct arg_info *info, const struct arg *arg);

/* Objects of one list have the same fields, so their values tell them apart. */
static bool add_objects(EVP_MD_CTX *context, const struct arg_info *info, const struct arg *arg)
{
    uint64_t count = arg->objects.count;
    bool is_added = add(context, &count, sizeof count);
    for (size_t i = 0; is_added && i < arg->objects.count * info->fields_count; i++) {
        const struct arg *value = &arg->objects.values[i];
        is_added = add(context, &value->present, sizeof value->present) &&
                   (!value->present || add_value(context, &info->fields[i % info->fields_count], value));
    }
    return is_added;
}

static bool add_value(EVP_MD_CTX *context, const struct arg_info *info, const struct arg *arg)
{
    switch (info->type) {
    case ARG_INTEGER:
    case ARG_BOOLEAN:
    case ARG_DATE:
    case ARG_MONTH:
    case ARG_INSTANT:
        return add(context, &arg->number, sizeof arg->number);
    case ARG_UUID:
        return add(context, arg->uuid.bytes, sizeof arg->uuid.bytes);
    case ARG_TEXT:
    case ARG_REGION:
        return add(context, arg->text.bytes, arg->text.length);
    case ARG_TEXTS:
        return add_texts(context, arg);
    case ARG_OBJECTS:
        return add_objects(context, info, arg);
    }
    __builtin_unreachable();
}

static bool counts(const struct arg_info *info, const struct arg *arg)
{
    bool is_default = info->has_default && arg->number == info->default_number;
    bool is_dry_run = info->place == ARG_QUERY && strcmp(info->name, "dry_run") == 0;
    return arg->present && !is_default && !is_dry_run && info->place != ARG_HEADER;
}

static bool add_request(EVP_MD_CTX *context, const struct request *request)
{
    const struct operation_info *operation = &operation_infos[request->operation];
    bool is_added = add(context, operation->name, strlen(operation->name));
    for (int i = 0; is_added && i < operation->args_count; i++) {
        const struct arg_info *info = &operation->args[i];
        if (counts(info, &request->args[i]))
            is_added = add(context, info->name, strlen(info->name)) && add_value(context, info, &request->args[i]);
    }
    return is_added;
}

bool idempotency_hash(const struct request *request, uint8_t hash[IDEMPOTENCY_HASH_BYTES])
{
    pthread_once(&sha256_once, sha256_fetch);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned length = 0;
    bool is_done = context != NULL && sha256 != NULL && EVP_DigestInit_ex2(context, sha256, NULL) == 1 &&
                   add_request(context, request) && EVP_DigestFinal_ex(context, hash, &length) == 1 &&
                   length == IDEMPOTENCY_HASH_BYTES;
    EVP_MD_CTX_free(context);
    return is_done;
}
