/* Turns JSON lists into arguments. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/argument_value.h"
#include <jansson.h>

/* All of them: false without memory; a fault is added for what is wrong. What they keep lives as long as the body. */
bool arguments_take_texts(const struct argument *argument, const json_t *list);
bool arguments_take_objects(const struct argument *argument, const json_t *list);
/* One value of any type: arguments_body.c. */
bool arguments_take_member(const struct argument *argument, const json_t *member);
