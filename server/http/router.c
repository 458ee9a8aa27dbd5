/* Walks the generated tree of path segments. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/router.h"

/* Takes "/segment" off the front; false at the end, and at a segment that is empty or not preceded by a slash. */
static bool take_segment(struct span *path, struct span *segment)
{
    if (path->length < 2 || path->bytes[0] != '/')
        return false;
    const char *start = path->bytes + 1;
    const char *slash = memchr(start, '/', path->length - 1);
    size_t length = slash == NULL ? path->length - 1 : (size_t)(slash - start);
    *segment = (struct span){.bytes = start, .length = length};
    path->bytes = start + length;
    path->length -= length + 1;
    return length > 0;
}

static const struct route_node *find_child(const struct route_node *node, struct span segment)
{
    const struct route_node *children = &route_nodes[node->first_child];
    for (unsigned i = 0; i < node->children_count; i++)
        if (children[i].literal.length == 0 || span_equal(children[i].literal, segment))
            return &children[i];
    return NULL;
}

enum route_result router_find(enum method method, struct span path, struct route *out)
{
    const struct route_node *node = &route_nodes[0];
    *out = (struct route){.operation = OPERATION_NONE};
    while (path.length > 0) {
        struct span segment;
        if (!take_segment(&path, &segment))
            return ROUTE_NOT_FOUND;
        node = find_child(node, segment);
        if (node == NULL)
            return ROUTE_NOT_FOUND;
        if (node->literal.length == 0)
            out->path_args[out->path_args_count++] = segment; /* the generator allows no more than fit */
    }
    if (node->allow == NULL)
        return ROUTE_NOT_FOUND;
    out->allow = node->allow;
    if (method >= METHOD_COUNT || node->operations[method] == OPERATION_NONE)
        return ROUTE_METHOD_NOT_ALLOWED;
    out->operation = node->operations[method];
    return ROUTE_FOUND;
}
