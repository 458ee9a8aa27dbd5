/* server/log_sink.c: a reader that does not read stops nobody, and what it reads later are whole lines. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/log_sink.h"
#include "tests/unit/harness.h"
#include <signal.h>
#include <unistd.h>

static void test_a_full_pipe_does_not_block(void **state)
{
    int ends[2];
    int saved = dup(STDERR_FILENO);
    char lines[10000];
    bool is_broken;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    for (size_t i = 0; i < sizeof lines; i++)
        lines[i] = i % 100 == 99 ? '\n' : 'x';

    size_t written = 0;
    size_t count;
    while ((count = log_sink_write(lines, sizeof lines, &is_broken)) == sizeof lines)
        written += count;
    written += count;
    assert_false(is_broken);
    assert_int_equal(written % 100, 0); /* whole lines */
    assert_true(written >= 10000);

    char seen[10000];
    size_t read_bytes = 0;
    while (read_bytes < written)
        read_bytes += (size_t)read(ends[0], seen, sizeof seen);
    assert_int_equal(log_sink_write(lines, 100, &is_broken), 100); /* there is room again */

    close(ends[0]);
    assert_int_equal(log_sink_write(lines, 100, &is_broken), 0);
    assert_true(is_broken);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[1]);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_full_pipe_does_not_block)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
