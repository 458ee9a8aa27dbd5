/* Finds what production does not allow in a connection string. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/pg/conninfo.h"
#include <string.h>

static const char *find(const PQconninfoOption *options, const char *keyword)
{
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

static const char *value_of(const PQconninfoOption *given, const PQconninfoOption *defaults, const char *keyword)
{
    const char *value = find(given, keyword);
    return value == NULL ? find(defaults, keyword) : value;
}

/* A socket's directory, or this machine by name or number; none is the default socket. */
static bool is_local(const char *host, size_t length)
{
    return length == 0 || host[0] == '/' || host[0] == '@' || (length == 9 && memcmp(host, "localhost", 9) == 0) ||
           (length == 3 && memcmp(host, "::1", 3) == 0) || (length > 4 && memcmp(host, "127.", 4) == 0);
}

static bool all_local(const char *hosts)
{
    for (const char *host = hosts; host != NULL;) {
        size_t length = strcspn(host, ",");
        if (!is_local(host, length))
            return false;
        host = host[length] == '\0' ? NULL : host + length + 1;
    }
    return true;
}

static bool is_private(const PQconninfoOption *given, const PQconninfoOption *defaults)
{
    const char *addresses = value_of(given, defaults, "hostaddr");
    const char *tls = value_of(given, defaults, "sslmode");
    const char *kerberos = value_of(given, defaults, "gssencmode");
    if (tls != NULL && strcmp(tls, "verify-full") == 0)
        return true;
    if (kerberos != NULL && strcmp(kerberos, "require") == 0)
        return true;
    return all_local(addresses != NULL ? addresses : value_of(given, defaults, "host"));
}

enum conninfo_fault conninfo_find_fault(const char *conninfo)
{
    PQconninfoOption *given = PQconninfoParse(conninfo, NULL);
    PQconninfoOption *defaults = PQconndefaults();
    enum conninfo_fault fault = CONNINFO_SAFE;
    if (value_of(given, defaults, "password") != NULL)
        fault = CONNINFO_HAS_PASSWORD;
    else if (!is_private(given, defaults))
        fault = CONNINFO_IN_CLEAR;
    PQconninfoFree(given);
    PQconninfoFree(defaults);
    return fault;
}

bool conninfo_is_private(PGconn *connection)
{
    PQconninfoOption *used = PQconninfo(connection);
    bool ok = used != NULL && is_private(used, NULL);
    PQconninfoFree(used);
    return ok;
}
