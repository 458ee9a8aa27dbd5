/* What an epoll registration points to. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/* Embedded as the first member of whatever waits for a descriptor; `events` are EPOLL* bits. */
struct event_source {
    void (*ready)(struct event_source *source, uint32_t events);
};
