/* What must not meet production mode, and what the mode demands; the settings alone, before anything is opened. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/auth/address.h"
#include "server/clock.h"
#include "server/config.h"
#include "server/pg/conninfo.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

bool config_is_production(const struct config *config)
{
    return strcmp(config->mode, "production") == 0;
}

static bool refuse(const char *line)
{
    fprintf(stderr, "yibaod: %s\n", line);
    return false;
}

static bool starts_with(const char *text, const char *front)
{
    return strncmp(text, front, strlen(front)) == 0;
}

static bool is_behind_proxy(const struct config *config)
{
    return strcmp(config->behind_proxy, "yes") == 0;
}

static bool is_loopback(const char *listen)
{
    return starts_with(listen, "127.") || starts_with(listen, "[::1]:") || starts_with(listen, "localhost:");
}

/* Text messages carry codes: in production they leave encrypted, and never into a file. */
static bool check_sms_gateway(const struct config *config)
{
    const char *gateway = config->sms_gateway;
    if (gateway[0] == 0 || (starts_with(gateway, "https://") && config->sms_key_file[0] != 0))
        return true;
    if (config_is_production(config))
        return refuse("YIBAO_SMS_GATEWAY: production demands an https URL, and its key in YIBAO_SMS_KEY_FILE");
    if (starts_with(gateway, "https://") || starts_with(gateway, "http://127.0.0.1:") ||
        (starts_with(gateway, "file:") && gateway[5] != 0))
        return true;
    return refuse("YIBAO_SMS_GATEWAY is neither file:PATH nor an https URL (http only to 127.0.0.1)");
}

static bool is_private_4(uint32_t host)
{
    return host >> 24 == 127 || host >> 24 == 10 || host >> 20 == 0xac1 || host >> 16 == 0xc0a8 ||
           host >> 16 == 0xa9fe || host >> 22 == 0x191; /* the last: 100.64.0.0/10 of RFC 6598 */
}

/* Loopback, RFC 1918, link-local and unique local addresses. */
static bool is_private(const struct address *address)
{
    if (address->storage.ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)&address->storage;
        return is_private_4(ntohl(four->sin_addr.s_addr));
    }
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)&address->storage)->sin6_addr;
    uint32_t embedded;
    memcpy(&embedded, &six->s6_addr[12], sizeof embedded);
    if (IN6_IS_ADDR_V4MAPPED(six))
        return is_private_4(ntohl(embedded));
    return IN6_IS_ADDR_LOOPBACK(six) || IN6_IS_ADDR_LINKLOCAL(six) || (six->s6_addr[0] & 0xfe) == 0xfc;
}

/* Metrics tell how much business there is, and /readyz how to hurt it. */
static bool check_ops_listener(const struct config *config)
{
    struct address address;
    if (!address_parse_listen(config->ops_listen, &address) || is_behind_proxy(config) || is_private(&address))
        return true;
    return refuse("YIBAO_OPS_LISTEN is neither on loopback nor on a private address; production then demands a proxy "
                  "in front that does not pass it on, and YIBAO_BEHIND_PROXY=yes");
}

static bool check_listeners(const struct config *config)
{
    if (!is_behind_proxy(config) && !is_loopback(config->listen))
        return refuse("YIBAO_LISTEN is not on loopback; production then demands a proxy with TLS in front and "
                      "YIBAO_BEHIND_PROXY=yes");
    if (config->proxy_addresses[0] == 0 && !is_loopback(config->listen))
        return refuse("YIBAO_PROXY_ADDRESSES is not set; production behind a proxy demands the proxy's address, or all "
                      "callers would count as one");
    return check_ops_listener(config);
}

static bool check_replica(const struct config *config)
{
    if (config->replica_url[0] == 0)
        return true;
    switch (conninfo_find_fault(config->replica_url)) {
    case CONNINFO_SAFE:
        return true;
    case CONNINFO_HAS_PASSWORD:
        return refuse("YIBAO_REPLICA_URL holds a password, which the environment shows to others; production demands "
                      "it in a file of its own: YIBAO_DATABASE_PASSWORD_FILE");
    case CONNINFO_IN_CLEAR:
        return refuse("YIBAO_REPLICA_URL leads to another machine without sslmode=verify-full; production demands it, "
                      "for anybody in between could read it");
    }
    return false;
}

static bool check_database(const struct config *config)
{
    if (config->database_url[0] == 0)
        return refuse("DATABASE_URL is not set; production demands it");
    switch (conninfo_find_fault(config->database_url)) {
    case CONNINFO_SAFE:
        return true;
    case CONNINFO_HAS_PASSWORD:
        return refuse(
            "DATABASE_URL (or PGPASSWORD) holds a password, which the environment shows to others; production "
            "demands it in a file of its own: YIBAO_DATABASE_PASSWORD_FILE");
    case CONNINFO_IN_CLEAR:
        return refuse("DATABASE_URL leads to another machine without sslmode=verify-full; production demands it, for "
                      "anybody in between could read and change what is paid");
    }
    return false;
}

bool config_check_mode(const struct config *config)
{
    int64_t instant_us;
    if (config->test_clock[0] != 0 && !instant_parse(span_of(config->test_clock), &instant_us)) {
        fprintf(stderr, "yibaod: YIBAO_TEST_CLOCK is \"%s\"; allowed is an instant like 2026-01-31T09:30:00+08:00\n",
                config->test_clock);
        return false;
    }
    if (!check_sms_gateway(config))
        return false;
    if (!config_is_production(config))
        return true;
    if (config->test_clock[0] != 0)
        return refuse("YIBAO_TEST_CLOCK is set; production does not allow a test clock");
    if (strcasestr(config->cors_origins, "http://") != NULL)
        return refuse("YIBAO_CORS_ORIGINS names an http origin, which anybody on the way can change; production allows "
                      "https only");
    return check_database(config) && check_replica(config) && check_listeners(config);
}
