/* The body of a list: JSON or CSV by the negotiated form, one page or the whole. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/fields.h"
#include "server/http/page.h"

#define LIST_ALWAYS (-1)

struct list {
    const struct field *fields;
    size_t fields_count;
    /* Column that is null in the one row that says only that the list is empty; LIST_ALWAYS: no such row. */
    int presence;
    bool is_tagged; /* public lists: JSON gets an ETag, and may be answered 304 */
};

/* In bind: reads limit and cursor into a page that stays in request->state for render. */
enum problem list_begin(struct request *request, int limit_arg, int cursor_arg, struct page **page);
/* The same for a list that runs newest first by its ids alone: the page begins before the id `before`. */
enum problem list_begin_newest(struct request *request, int limit_arg, int cursor_arg, struct page **page,
                               struct uuid *before);
/* The sort key of a row of such a list. */
unsigned list_id_key(struct request *request, const struct rows *rows, int row, int id_column,
                     struct span keys[PAGE_KEYS]);
/* A cursor's field that was written as a decimal number. */
bool list_key_int(struct span key, int64_t *value);

/* Rows of the list proper. */
int list_count(const struct list *list, const struct rows *rows);
/* "key": […] with the first `shown` rows, into an object that is open. */
void list_write_array(const struct list *list, const char *key, const struct rows *rows, int shown,
                      struct json_writer *writer);
/* A list that is not paged: {"data": […]}. */
void list_write_whole(const struct list *list, const struct rows *rows, struct reply *reply);
/* The same, or PROBLEM_NOT_FOUND when there is no row at all. */
enum problem list_write_found(const struct list *list, const struct rows *rows, struct reply *reply);
/*
 * One page in the request's form, as list_begin left it. `keys_of` gives the sort key of a row, as text, and how many
 * parts it has; the statement has fetched page->limit + 1 rows where there are more.
 */
enum problem list_write_page(const struct list *list, struct request *request, const struct rows *rows,
                             struct reply *reply,
                             unsigned (*keys_of)(struct request *request, const struct rows *rows, int row,
                                                 struct span keys[PAGE_KEYS]));
