/* Finds the operation of a method and path in a tree generated from openapi.yaml. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/operation.h"
#include "server/span.h"
#include <stdint.h>

#define ROUTE_PATH_ARGS 4

/* One path segment. Children stand together in route_nodes: literals first, a parameter last. */
struct route_node {
    struct span literal; /* empty: a parameter, any one segment */
    uint16_t first_child;
    uint16_t children_count;
    const char *allow; /* text of the Allow header; NULL: no operation ends here */
    enum operation operations[METHOD_COUNT];
};

extern const struct route_node route_nodes[]; /* generated; the root stands first */

enum route_result { ROUTE_FOUND, ROUTE_NOT_FOUND, ROUTE_METHOD_NOT_ALLOWED };

struct route {
    enum operation operation;
    struct span path_args[ROUTE_PATH_ARGS]; /* still percent-encoded, in path order; part of the given path */
    unsigned path_args_count;
    const char *allow; /* set unless nothing was found: "GET, HEAD, OPTIONS" */
};

/*
 * `path` is as sent, without query. METHOD_COUNT stands for OPTIONS and for methods outside the table: a known path
 * then gives ROUTE_METHOD_NOT_ALLOWED with `allow`. A literal segment wins over a parameter and is compared byte for
 * byte.
 */
enum route_result router_find(enum method method, struct span path, struct route *out);
