/* Which reads a stand-by may answer, and when: docs/adr/0003-read-replica.md. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "server/metrics.h"
#include "server/pg/lane.h"

/*
 * A read in the replica lane's queue waits until two things are known: how far the primary was at an instant after the
 * read had come (one question for all that came before it), and that the stand-by of some connection has replayed as
 * much. So whatever anybody was told before is in the answer. What takes too long, or fails, is asked of the primary
 * instead; nobody but the metrics notices.
 */
struct replica;
struct pg_connection;

struct replica *replica_open(struct lanes *lanes); /* after the lane's connections; NULL when out of memory */
void replica_close(struct replica *replica);
void replica_submitted(struct replica *replica, struct task *task);
/* Before the primary's lanes are flushed: the question, and those that the primary answers after all. */
void replica_prepare(struct replica *replica, int64_t now_us);
void replica_flush(struct replica *replica, int64_t now_us);
int64_t replica_due_us(const struct replica *replica);
void replica_tick(struct replica *replica, int64_t now_us);
/* In place of what the other lanes do when a batch has ended; counted already. */
void replica_ended(struct replica *replica, struct pg_connection *connection, bool lost);
