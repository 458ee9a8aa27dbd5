/* What must hold of arguments that were read, whatever was sent. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/arguments.h"

/* The operation of that name, or, so that no input is lost, another one of those wanted. */
enum operation held_choose(struct span name, bool (*is_wanted)(const struct operation_info *info));
/* A request for the operation, and its route with path arguments that are right. */
struct request *held_open(enum operation operation, struct route *route);
void held_close(struct request *request);
/* Faults exactly where there is a problem, each with a place, a code and readable words; else values within limits. */
void held_check(const struct request *request, enum problem problem);
bool held_equal(const struct request *a, const struct request *b);
/* A text that an argument accepts in a path, query or header. Lives in the arena. */
struct span held_text(struct arena *arena, const struct arg_info *info, const struct arg *arg);
/* A value that the argument's row lets through. */
struct span held_good_text(const struct arg_info *info);
