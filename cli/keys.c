/* `yibaod keys`: shows, adds and changes the keys while processes work with them. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/db_directory.h"
#include "cli/key_watch.h"
#include "cli/keys/rehash.h"
#include "cli/keys/reseal.h"
#include "cli/process.h"
#include "server/crypto/master_key.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AFTER_S 60
#define AFTER_LEAST_S (2 * KEY_WATCH_EVERY_S + 1) /* every process has looked, and one look may have failed */
#define AFTER_MOST_S (30 * 24 * 3600)

struct options {
    const char *command;
    const char *purpose;
    const char *db;
    unsigned after_s; /* of rotate and rehash */
    bool has_after;
};

static void print_usage(FILE *out)
{
    fprintf(out,
            "usage: yibaod keys status\n"
            "       yibaod keys rotate seal_person|sign_cursor [--after SECONDS]\n"
            "       yibaod keys rotate hash_citizen_number|hash_card_number|hash_phone|hash_name\n"
            "       yibaod keys reseal [--db DIRECTORY]\n"
            "       yibaod keys rehash [--pause SECONDS] [--db DIRECTORY]\n"
            "       yibaod keys new-master\n"
            "       yibaod keys rewrap\n\n"
            "All of it beside working processes; DATABASE_URL names the owner of the database, as for migrate.\n\n"
            "  status      each key with its version and state, and how many values each version has sealed or hashed\n"
            "  rotate      makes a new version, which every process has within %d s and seals or signs with from\n"
            "              SECONDS (%d to %d, default %d) on; what older ones have sealed or signed stays good. Of\n"
            "              the keys that people are looked up by it is announced, for rehash to take into use\n"
            "  reseal      seals again by the version in use what older ones have sealed, slice by slice; fails while\n"
            "              something is left that an open proposal or a transfer or withdrawal under way holds\n"
            "  rehash      takes what rotate has announced into use: stores every hash by the newer version besides,\n"
            "              looks up by it, and takes the older hashes away, with SECONDS (as above) between the steps\n"
            "  new-master  makes the file YIBAO_MASTER_KEY_FILE.next with the next master key\n"
            "  rewrap      wraps all keys by the next master key, all at once\n",
            KEY_WATCH_EVERY_S, AFTER_LEAST_S, AFTER_MOST_S, AFTER_S);
}

static bool parse_after(const char *text, unsigned *after_s)
{
    char *end = NULL;
    unsigned long value = strtoul(text, &end, 10);
    *after_s = (unsigned)value;
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && value >= AFTER_LEAST_S && value <= AFTER_MOST_S;
}

static bool parse(int argc, char **argv, struct options *options)
{
    *options = (struct options){.command = argc > 1 ? argv[1] : "", .after_s = AFTER_S};
    bool rotates = strcmp(options->command, "rotate") == 0, rehashes = strcmp(options->command, "rehash") == 0;
    bool needs_db = rehashes || strcmp(options->command, "reseal") == 0 || strcmp(options->command, "status") == 0;
    for (int i = 2; i < argc; i++) {
        bool sets_after = (rotates && strcmp(argv[i], "--after") == 0) || (rehashes && strcmp(argv[i], "--pause") == 0);
        if (sets_after && i + 1 < argc && parse_after(argv[i + 1], &options->after_s))
            options->has_after = ++i > 0;
        else if (needs_db && strcmp(argv[i], "--db") == 0 && i + 1 < argc)
            options->db = argv[++i];
        else if (rotates && options->purpose == NULL && argv[i][0] != '-')
            options->purpose = argv[i];
        else
            return false;
    }
    return !rotates || options->purpose != NULL;
}

static int run_status(struct pg_session *session, const struct options *options)
{
    char directory[4096];
    PGresult *rows = pg_session_query(session,
                                      "SELECT purpose, version,"
                                      " CASE WHEN stage = 'announced' THEN 'is being written by processes'"
                                      "      WHEN stage = 'written' THEN 'is written, not looked up by'"
                                      "      WHEN stage = 'leaving' THEN 'is no longer written'"
                                      "      WHEN stage = 'refused' THEN 'is being removed'"
                                      "      WHEN stage = 'link' THEN 'leads to the next'"
                                      "      WHEN retired_at IS NOT NULL THEN 'opens only'"
                                      "      WHEN seals_from > clock_timestamp() THEN 'waits until ' || seals_from"
                                      "      WHEN rank() OVER (PARTITION BY purpose, seals_from > clock_timestamp()"
                                      "                        ORDER BY version DESC) = 1 THEN 'in use'"
                                      "      ELSE 'opens only' END"
                                      " FROM data_key ORDER BY purpose, version",
                                      0, NULL);
    for (int row = 0; rows != NULL && row < PQntuples(rows); row++)
        printf("%-20s version %-5s %s\n", PQgetvalue(rows, row, 0), PQgetvalue(rows, row, 1), PQgetvalue(rows, row, 2));
    bool is_done = rows != NULL && db_directory_find(options->db, directory, sizeof directory) &&
                   reseal_print_counts(session, directory) && rehash_print_counts(session, directory);
    PQclear(rows);
    return is_done ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static int run_rotate(struct pg_session *session, const struct options *options, const struct config *config)
{
    const char *error = NULL;
    unsigned version = 0;
    enum key_purpose purpose = key_purpose_find(options->purpose);
    if (!keyring_can_rotate(purpose)) {
        process_complain("such a key cannot be rotated; docs/operations/keys.md says why");
        return EXIT_CODE_USAGE;
    }
    bool is_chained = key_purpose_is_chained(purpose);
    if (is_chained && options->has_after) {
        process_complain("--after is for seal_person, sign_cursor and hash_attempt");
        return EXIT_CODE_USAGE;
    }
    if (!keyring_rotate(session, config->master_key_file, purpose, options->after_s, &version, &error)) {
        process_complain(error);
        return EXIT_CODE_FAILED;
    }
    if (is_chained)
        printf("%s version %u is announced; yibaod keys rehash takes it into use\n", options->purpose, version);
    else
        printf("%s version %u is made, and in use from %u s on\n", options->purpose, version, options->after_s);
    return EXIT_CODE_OK;
}

/* Until the newest key has been in use for as long as a process may be late. */
static bool wait_for_use(struct pg_session *session)
{
    char sql[256];
    bool is_told = false;
    snprintf(sql, sizeof sql,
             "SELECT coalesce(max(seals_from) + interval '%d s' < clock_timestamp(), true) FROM data_key"
             " WHERE purpose = 'seal_person' AND retired_at IS NULL",
             2 * KEY_WATCH_EVERY_S);
    for (;;) {
        PGresult *row = pg_session_query(session, sql, 0, NULL);
        bool is_known = row != NULL;
        bool is_in_use = is_known && PQgetvalue(row, 0, 0)[0] == 't';
        PQclear(row);
        if (!is_known || is_in_use)
            return is_in_use;
        if (!is_told)
            fprintf(stderr, "yibaod: waiting until every process seals with the newest key\n");
        is_told = true;
        sleep(1);
    }
}

static int run_reseal(struct pg_session *session, const struct options *options, const struct config *config)
{
    char directory[4096];
    const char *error = NULL;
    struct reseal_report report;
    if (!db_directory_find(options->db, directory, sizeof directory) || !wait_for_use(session))
        return EXIT_CODE_FAILED;
    struct keyring *keyring = keyring_open(session, config->master_key_file, &error);
    if (keyring == NULL) {
        process_complain(error);
        return EXIT_CODE_FAILED;
    }
    bool is_done = reseal(session, keyring, directory, &report);
    keyring_close(keyring);
    if (!is_done)
        return EXIT_CODE_FAILED;
    printf("sealed %llu values again\n", report.resealed);
    if (report.left > 0)
        fprintf(stderr, "yibaod: %llu values are held by something open, or were in use; run it again later\n",
                report.left);
    return report.left == 0 ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static int run_rehash(struct pg_session *session, const struct options *options, const struct config *config)
{
    char directory[4096];
    const char *error = NULL;
    struct rehash_report report;
    if (!db_directory_find(options->db, directory, sizeof directory))
        return EXIT_CODE_FAILED;
    struct keyring *keyring = keyring_open(session, config->master_key_file, &error);
    if (keyring == NULL) {
        process_complain(error);
        return EXIT_CODE_FAILED;
    }
    bool is_done = rehash(session, keyring, directory, options->after_s, &report);
    keyring_close(keyring);
    if (is_done)
        printf("stored %llu hashes of newer versions, removed %llu of older ones, forgot %llu known sources\n",
               report.stored, report.dropped, report.forgotten);
    return is_done ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static int run_rewrap(struct pg_session *session, const struct config *config)
{
    const char *error = NULL;
    unsigned rewrapped = 0;
    if (!keyring_rewrap(session, config->master_key_file, &rewrapped, &error)) {
        process_complain(error);
        return EXIT_CODE_FAILED;
    }
    printf("wrapped %u keys by the next master key\n", rewrapped);
    return EXIT_CODE_OK;
}

static int run_new_master(const struct config *config)
{
    char path[4096];
    uint8_t key[KEY_BYTES];
    struct text error;
    text_init(&error, sizeof path + 256);
    bool is_made =
        master_key_next_path(config->master_key_file, path, sizeof path) && master_key_create(path, key, &error);
    OPENSSL_cleanse(key, sizeof key);
    if (is_made)
        printf("made %s; put it beside %s wherever a process runs, then run yibaod keys rewrap\n", path,
               config->master_key_file);
    else
        fprintf(stderr, "yibaod: %.*s\n", (int)error.length, error.length == 0 ? "" : error.bytes);
    text_fini(&error);
    return is_made ? EXIT_CODE_OK : EXIT_CODE_FAILED;
}

static int run(struct pg_session *session, const struct options *options, const struct config *config)
{
    if (strcmp(options->command, "status") == 0)
        return run_status(session, options);
    if (strcmp(options->command, "rotate") == 0)
        return run_rotate(session, options, config);
    if (strcmp(options->command, "reseal") == 0)
        return run_reseal(session, options, config);
    if (strcmp(options->command, "rehash") == 0)
        return run_rehash(session, options, config);
    return run_rewrap(session, config);
}

int command_keys(int argc, char **argv, const struct config *config)
{
    static const char *const commands[] = {"status", "rotate", "reseal", "rehash", "rewrap", "new-master"};
    struct options options;
    bool is_known = false;
    bool is_understood = parse(argc, argv, &options);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        is_known = is_known || strcmp(options.command, commands[i]) == 0;
    if (!is_known || !is_understood) {
        bool is_asked_for = argc == 2 && strcmp(argv[1], "--help") == 0;
        print_usage(is_asked_for ? stdout : stderr);
        return is_asked_for ? EXIT_CODE_OK : EXIT_CODE_USAGE;
    }
    if (strcmp(options.command, "new-master") == 0)
        return run_new_master(config);
    struct pg_session session;
    if (!pg_session_open(&session, config->database_url, NULL))
        return EXIT_CODE_FAILED;
    int code = run(&session, &options, config);
    pg_session_close(&session);
    return code;
}
