/* The request target's part of the guard. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/http/guard.h"

/* Path and query as sent: form, lengths, characters, percent-encoding, then whether the path is plain. */
enum guard_verdict guard_check_target(struct span target, bool is_options);
/* host[:port] as in RFC 3986, without user information; an empty host is refused. */
bool guard_host_is_valid(struct span host);
