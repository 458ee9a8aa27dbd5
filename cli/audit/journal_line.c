/* Reads one line of a client's journal. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/audit/journal_line.h"
#include <stdio.h>
#include <string.h>

#define STATUS_MIN 100
#define STATUS_MAX 599

static bool is_uuid(const char *text)
{
    struct uuid id;
    return text != NULL && uuid_parse((struct span){text, strlen(text)}, &id);
}

static bool copy_uuid(const char *text, char out[UUID_TEXT_LENGTH + 1])
{
    struct uuid id;
    if (text == NULL || !uuid_parse((struct span){text, strlen(text)}, &id))
        return false;
    uuid_format(id, out);
    return true;
}

static bool is_dry_run(const char *query)
{
    while (*query != '\0') {
        size_t length = strcspn(query, "&");
        if (length == strlen("dry_run=true") && strncmp(query, "dry_run=true", length) == 0)
            return true;
        query += length + (query[length] == '&');
    }
    return false;
}

/* Which operation a path is, and of which charge; NULL when it is none of these. */
static const char *find_operation(const char *path, size_t length, char charge_id[UUID_TEXT_LENGTH + 1])
{
    static const struct {
        const char *ending, *operation;
    } operations[] = {{"/capture", "capture_charge"}, {"/void", "void_charge"}, {"/refunds", "create_refund"}};
    static const char charges[] = "/v1/charges";
    size_t before = strlen(charges);
    if (length < before || strncmp(path, charges, before) != 0)
        return NULL;
    if (length == before)
        return "create_charge";
    if (path[before] != '/' || length < before + 1 + UUID_TEXT_LENGTH)
        return NULL;
    char id[UUID_TEXT_LENGTH + 1];
    snprintf(id, sizeof id, "%.*s", UUID_TEXT_LENGTH, path + before + 1);
    const char *rest = path + before + 1 + UUID_TEXT_LENGTH;
    size_t rest_length = length - before - 1 - UUID_TEXT_LENGTH;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strlen(operations[i].ending) == rest_length && strncmp(rest, operations[i].ending, rest_length) == 0)
            return copy_uuid(id, charge_id) ? operations[i].operation : NULL;
    }
    return NULL;
}

static void find_object(struct journal_line *line)
{
    if (line->operation == NULL)
        return;
    bool is_refund = strcmp(line->operation, "create_refund") == 0;
    const char *name = is_refund ? "refund_id" : "charge_id";
    if (!copy_uuid(json_string_value(json_object_get(line->reply, name)), line->object_id) && !is_refund)
        memcpy(line->object_id, line->charge_id, sizeof line->object_id);
}

static json_t *object_or_null(json_t *json, const char *name, bool *is_right)
{
    json_t *value = json_object_get(json, name);
    *is_right = *is_right && (value == NULL || json_is_null(value) || json_is_object(value));
    return json_is_object(value) ? value : NULL;
}

static bool parse_request(json_t *json, struct journal_line *line)
{
    const char *method = json_string_value(json_object_get(json, "method"));
    const char *path = json_string_value(json_object_get(json, "path"));
    json_t *key = json_object_get(json, "key");
    bool is_right = method != NULL && path != NULL && (key == NULL || json_is_null(key) || json_is_string(key));
    line->principal_id = json_string_value(json_object_get(json, "principal_id"));
    line->key = json_string_value(key);
    line->body = object_or_null(json, "body", &is_right);
    if (!is_right || !is_uuid(line->principal_id))
        return false;
    size_t length = strcspn(path, "?");
    line->is_dry_run = path[length] == '?' && is_dry_run(path + length + 1);
    if (strcmp(method, "POST") == 0)
        line->operation = find_operation(path, length, line->charge_id);
    return true;
}

enum journal_event journal_line_parse(json_t *json, struct journal_line *line)
{
    *line = (struct journal_line){0};
    const char *event = json_string_value(json_object_get(json, "event"));
    if (event == NULL)
        return JOURNAL_MALFORMED;
    if (strcmp(event, "begin") == 0)
        return json_integer_value(json_object_get(json, "version")) == 1 ? JOURNAL_BEGIN : JOURNAL_MALFORMED;
    if (!parse_request(json, line))
        return JOURNAL_MALFORMED;
    if (strcmp(event, "sent") == 0)
        return JOURNAL_SENT;
    json_t *status = json_object_get(json, "status");
    json_int_t code = json_integer_value(status);
    if (strcmp(event, "received") != 0 || code < STATUS_MIN || code > STATUS_MAX)
        return JOURNAL_MALFORMED;
    json_t *reply = json_object_get(json, "reply");
    line->reply = json_is_object(reply) ? reply : NULL;
    line->status = (int)code;
    find_object(line);
    return JOURNAL_RECEIVED;
}
