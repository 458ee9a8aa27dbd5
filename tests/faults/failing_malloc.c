/* Preloaded into the program: one allocation in so many fails, for as long as the test says so. */
/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

/* What the file named by YIBAO_FAILING_MALLOC holds; the test writes the first, and reads the second. */
struct orders {
    _Atomic uint32_t one_in; /* 0: none fails */
    _Atomic uint32_t failed;
};

static struct orders none;
static struct orders *orders = &none;
static _Atomic uint64_t dice = 88172645463325252;

static __attribute__((constructor)) void take_orders(void)
{
    const char *path = getenv("YIBAO_FAILING_MALLOC");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *shared = mmap(NULL, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared != MAP_FAILED)
        orders = shared;
    close(fd);
}

static int fails(void)
{
    uint32_t one_in = atomic_load_explicit(&orders->one_in, memory_order_relaxed);
    if (one_in == 0)
        return 0;
    uint64_t next = atomic_load_explicit(&dice, memory_order_relaxed);
    next ^= next << 13;
    next ^= next >> 7;
    next ^= next << 17;
    atomic_store_explicit(&dice, next, memory_order_relaxed);
    if (next % one_in != 0)
        return 0;
    atomic_fetch_add_explicit(&orders->failed, 1, memory_order_relaxed);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
