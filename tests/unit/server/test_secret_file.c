/* server/secret_file.c: whose and how open a file may be that holds a secret, and its first line. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/secret_file.h"
#include "tests/unit/harness.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/yb-secret-XXXXXX";
static char path[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "%s/secret", mkdtemp(directory));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static void put(const char *bytes, size_t length, mode_t mode)
{
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_equal(write(file, bytes, length), length);
    assert_int_equal(fchmod(file, mode), 0);
    close(file);
}

static const char *fault_of(const char *file)
{
    char line[16];
    const char *why = NULL;
    return secret_file_read_line(file, line, sizeof line, &why) ? NULL : why;
}

static void the_first_line_is_read(void **state)
{
    static const struct {
        const char *bytes;
        const char *line;
    } cases[] = {{"word", "word"}, {"word\n", "word"}, {"word\r\nmore", "word"}, {" a b \n\n", " a b "}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char line[16];
        const char *why;
        put(cases[i].bytes, strlen(cases[i].bytes), 0600);
        assert_true(secret_file_read_line(path, line, sizeof line, &why));
        assert_string_equal(line, cases[i].line);
    }
}

static void lines_that_are_none(void **state)
{
    static const char *const empty[] = {"", "\n", "\r\n", "\nword"};
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        put(empty[i], strlen(empty[i]), 0600);
        assert_non_null(strstr(fault_of(path), "no first line"));
    }
    put("wo\0rd", 5, 0600);
    assert_non_null(fault_of(path));
    put("0123456789abcdef", 16, 0600);
    assert_non_null(strstr(fault_of(path), "too long"));
    put("0123456789abcde\n", 16, 0600);
    assert_null(fault_of(path));
}

static void files_open_to_others(void **state)
{
    static const mode_t modes[] = {0640, 0620, 0610, 0604, 0602, 0601, 0444, 0666};
    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        put("word", 4, modes[i]);
        assert_int_equal(chown(path, (uid_t)-1, getgid() == 0 ? 12 : getgid()), 0);
        assert_non_null(strstr(fault_of(path), "by others"));
    }
    put("word", 4, 0400);
    assert_null(fault_of(path));
}

/* systemd gives its user an entry in the access list of what is root's; the mode then shows the list's mask. */
static void credentials_of_systemd(void **state)
{
    if (geteuid() != 0)
        skip();
    put("word", 4, 0440);
    assert_null(fault_of(path));
    put("word", 4, 0460);
    assert_non_null(fault_of(path));
    put("word", 4, 0640);
    assert_non_null(fault_of(path));
    put("word", 4, 0444);
    assert_non_null(fault_of(path));
    put("word", 4, 0400);
    assert_int_equal(chown(path, 12, 0), 0);
    assert_non_null(strstr(fault_of(path), "another user"));
}

static void what_is_no_file(void **state)
{
    const char *why;
    unlink(path);
    assert_int_equal(secret_file_open(path, &why), -1);
    assert_int_equal(errno, ENOENT);
    assert_non_null(strstr(fault_of(directory), "regular"));
    assert_non_null(strstr(fault_of("/dev/null"), "regular"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_non_null(strstr(fault_of(path), "regular")); /* nor does it wait for a writer */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_line_is_read), cmocka_unit_test(lines_that_are_none),
        cmocka_unit_test(files_open_to_others),   cmocka_unit_test(credentials_of_systemd),
        cmocka_unit_test(what_is_no_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
