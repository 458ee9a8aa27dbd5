/* Preloaded into the program: one allocation in so many fails, for as long as the test says so, or the n-th one. */
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
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

/* What the file named by YIBAO_FAILING_MALLOC holds; the test writes the first, and reads the second. */
struct orders {
    _Atomic uint32_t one_in; /* 0: none fails */
    _Atomic uint32_t failed;
    _Atomic uint32_t nth; /* this one fails, counted down; 0: none */
    _Atomic int32_t live; /* blocks that are not given back yet; the test looks at how it grows */
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

static int is_nth(void)
{
    uint32_t nth = atomic_load_explicit(&orders->nth, memory_order_relaxed);
    while (nth != 0 && !atomic_compare_exchange_weak(&orders->nth, &nth, nth - 1))
        ;
    if (nth == 1)
        atomic_fetch_add_explicit(&orders->failed, 1, memory_order_relaxed);
    return nth == 1;
}

static void *count(void *memory)
{
    if (memory != NULL)
        atomic_fetch_add_explicit(&orders->live, 1, memory_order_relaxed);
    return memory;
}

static int fails(void)
{
    if (is_nth()) {
        errno = ENOMEM;
        return 1;
    }
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
    return fails() ? NULL : count(__libc_malloc(size));
}

void *calloc(size_t number, size_t size)
{
    return fails() ? NULL : count(__libc_calloc(number, size));
}

void *realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    void *memory = __libc_realloc(old, size);
    return old == NULL ? count(memory) : memory;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : count(__libc_memalign(alignment, size));
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    *memory = aligned_alloc(alignment, size);
    return *memory == NULL ? ENOMEM : 0;
}

void free(void *memory)
{
    if (memory != NULL)
        atomic_fetch_sub_explicit(&orders->live, 1, memory_order_relaxed);
    __libc_free(memory);
}
