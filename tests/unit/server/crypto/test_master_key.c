/* The master key's file: what is accepted, what is refused, and how it is made. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/crypto/master_key.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F"

struct place {
    char directory[32];
    char path[64];
    struct text error;
};

static int set_up(void **state)
{
    static struct place place;
    snprintf(place.directory, sizeof place.directory, "/tmp/yb-key-XXXXXX");
    if (mkdtemp(place.directory) == NULL)
        return -1;
    snprintf(place.path, sizeof place.path, "%s/key", place.directory);
    text_init(&place.error, 1024);
    *state = &place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    unlink(place->path);
    text_fini(&place->error);
    return rmdir(place->directory);
}

static void write_file(const struct place *place, const char *content, mode_t mode)
{
    unlink(place->path);
    int file = open(place->path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(file, content, strlen(content)), strlen(content));
    assert_int_equal(fchmod(file, mode), 0);
    if (geteuid() == 0)
        assert_int_equal(fchown(file, (uid_t)-1, 12), 0); /* what is root's and the group root's may be a credential */
    close(file);
}

static enum master_key_outcome outcome_of(struct place *place, const char *content, mode_t mode)
{
    uint8_t key[KEY_BYTES];
    write_file(place, content, mode);
    return master_key_read(place->path, key, &place->error);
}

static void digits_are_read_in_either_case(void **state)
{
    struct place *place = *state;
    uint8_t key[KEY_BYTES];
    write_file(place, DIGITS "\n", 0600);
    assert_int_equal(master_key_read(place->path, key, &place->error), MASTER_KEY_READ);
    for (uint8_t i = 0; i < KEY_BYTES; i++)
        assert_int_equal(key[i], i);
    assert_int_equal(outcome_of(place, DIGITS, 0400), MASTER_KEY_READ);
}

static void file_open_to_others_is_refused(void **state)
{
    static const mode_t modes[] = {0640, 0620, 0610, 0604, 0602, 0601, 0660, 0666};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        assert_int_equal(outcome_of(*state, DIGITS, modes[i]), MASTER_KEY_REFUSED);
}

static void anything_but_64_digits_is_refused(void **state)
{
    static const char *const contents[] = {"", "\n", "00", DIGITS "0", DIGITS "\n\n", DIGITS " ", ("g" DIGITS)};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++)
        assert_int_equal(outcome_of(*state, contents[i], 0600), MASTER_KEY_REFUSED);
    char wrong[] = DIGITS;
    wrong[40] = 'g';
    assert_int_equal(outcome_of(*state, wrong, 0600), MASTER_KEY_REFUSED);
}

static void directory_and_pipe_are_refused_without_waiting(void **state)
{
    struct place *place = *state;
    uint8_t key[KEY_BYTES];
    assert_int_equal(master_key_read(place->directory, key, &place->error), MASTER_KEY_REFUSED);
    assert_int_equal(mkfifo(place->path, 0600), 0);
    assert_int_equal(master_key_read(place->path, key, &place->error), MASTER_KEY_REFUSED);
}

static void file_of_another_user_is_refused(void **state)
{
    struct place *place = *state;
    uint8_t key[KEY_BYTES];
    write_file(place, DIGITS, 0600);
    if (geteuid() != 0 || chown(place->path, 12345, (gid_t)-1) != 0)
        skip(); /* only root can give a file away */
    assert_int_equal(master_key_read(place->path, key, &place->error), MASTER_KEY_REFUSED);
}

static void half_a_file_is_not_left_behind(void **state)
{
    struct place *place = *state;
    uint8_t key[KEY_BYTES];
    struct rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    const struct rlimit small = {.rlim_cur = 10, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool is_made = master_key_create(place->path, key, &place->error);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(is_made);
    assert_int_equal(access(place->path, F_OK), -1);
    assert_true(master_key_create(place->path, key, &place->error));
}

static void absent_file_is_told_apart(void **state)
{
    struct place *place = *state;
    uint8_t key[KEY_BYTES];
    assert_int_equal(master_key_read(place->path, key, &place->error), MASTER_KEY_ABSENT);
    assert_int_equal(place->error.length, 0);
}

static void made_file_is_private_and_reads_back(void **state)
{
    struct place *place = *state;
    uint8_t made[KEY_BYTES], read_back[KEY_BYTES];
    struct stat status;
    umask(0);
    assert_true(master_key_create(place->path, made, &place->error));
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(master_key_read(place->path, read_back, &place->error), MASTER_KEY_READ);
    assert_memory_equal(made, read_back, KEY_BYTES);
    assert_false(master_key_create(place->path, made, &place->error));
    assert_int_equal(master_key_read(place->path, made, &place->error), MASTER_KEY_READ);
    assert_memory_equal(made, read_back, KEY_BYTES);
}

int main(void)
{
#define WITH_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WITH_PLACE(digits_are_read_in_either_case),    WITH_PLACE(file_open_to_others_is_refused),
        WITH_PLACE(anything_but_64_digits_is_refused), WITH_PLACE(directory_and_pipe_are_refused_without_waiting),
        WITH_PLACE(file_of_another_user_is_refused),   WITH_PLACE(half_a_file_is_not_left_behind),
        WITH_PLACE(absent_file_is_told_apart),         WITH_PLACE(made_file_is_private_and_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
