/* Every maximum in one place, with its arithmetic. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One request. 64 KiB of body is some 300 fields; Jansson needs up to 79 × that, so 5 MiB at worst for one parse. */
#define LIMIT_BODY_BYTES 65536
#define LIMIT_BODIES_BYTES (64 << 20) /* of all requests of one reactor: 1024 of the largest */
/* Streamed bodies of one reactor at once: 16 × (a piece in the clear and sealed, 2 × 64 KiB) = 2 MiB. */
#define LIMIT_UPLOADS 16
#define LIMIT_STREAM_BYTES_PER_S 4096 /* what keeps a streamed body alive: the slowest line that is still of use */
#define LIMIT_JSON_DEPTH 32
#define LIMIT_ARGS 40         /* parameters and body fields of one operation */
#define LIMIT_FIELD_ERRORS 40 /* one for each argument */
#define LIMIT_PATH_BYTES 512  /* the longest route has 3 UUIDs: 3 × 36 + names < 200 */
#define LIMIT_QUERY_BYTES 4096
#define LIMIT_HEADER_ARGUMENTS 3    /* of one operation; the hotline passes on three */
#define LIMIT_HEADERS 64            /* a browser behind two proxies sends some 30 */
#define LIMIT_HEADER_BYTES 8192     /* libmicrohttpd's pool for one connection: request line, headers and their index */
#define LIMIT_SWALLOW_BYTES 262144  /* body of a refused request read and dropped, so that the connection survives */
#define LIMIT_REPLY_BYTES (2 << 20) /* the 500 entries of a statement, each at most 4 KiB */
/*
 * Documents. Held in memory by a process at once, handed in or read: 64 MiB of each, six of the largest; PostgreSQL's
 * connection has twice as much of the one that it carries.
 */
#define LIMIT_DOCUMENT_BYTES (10 << 20)
#define LIMIT_DOCUMENT_CHUNK_BYTES 262144 /* sealed by itself: 40 of the largest document */
#define LIMIT_DOCUMENTS_BYTES (64 << 20)
#define LIMIT_DOCUMENTS 20 /* of one transfer or withdrawal: 8 kinds at most are needed, with copies */
#define LIMIT_DOCUMENTS_OF_ONE_BYTES (64 << 20) /* bytes of those together */
#define LIMIT_DOCUMENT_PIXELS 100000000         /* a page of A3 at 600 dots an inch has 70,000,000 */
#define LIMIT_CONTENT_BYTES_PER_S 131072        /* the slowest reader of a document that is waited for */
#define LIMIT_IDEMPOTENCY_KEY_BYTES 128
#define LIMIT_PEER_BYTES 9 /* address_caller_bytes: family and the 8 bytes of an IPv6 /64 */

/* Lists */
#define LIMIT_PAGE_DEFAULT 20
#define LIMIT_PAGE 100
#define LIMIT_STATEMENT_PAGE                                                                                           \
    500 /* entries of one month: more than any account has, so that a statement is one document */

/* Lanes: members of one batch; waiting members per lane and reactor. 2 reactors × 3 lanes × 2048 × 2 KiB < 24 MiB. */
#define LIMIT_BATCH 128
#define LIMIT_LANE_QUEUE 2048

/*
 * Slow cryptography. One scrypt takes some 80 ms and 32 MiB: 64 waiting are served by 2 threads in 2.6 s, well within
 * the request's time-out.
 */
#define LIMIT_WORK_QUEUE 64

/* Questions, pieces of work and results of one request: two look-ups, a piece of work, a write, and head-room. */
#define LIMIT_STEPS 8

/* One call of a statement */
#define LIMIT_STATEMENT_PARAMS 24
/* Its parameters in PostgreSQL's form: 128 requests of 64 KiB, or a document with what seals it. */
#define LIMIT_PARAMS_BYTES (12 << 20)
#define LIMIT_PARAMS_KEPT_BYTES (8 << 20) /* a connection gives back what is above that */
#define LIMIT_PRINCIPAL_REGIONS 32

/*
 * Settlements. A posting is sent no later than the write lane's time-out after its instant was taken, and runs no
 * longer than that again: 2 × 60 s at most. 3 minutes more are for servers whose clocks differ. So nothing can still be
 * posted on a day that has been over for this long.
 */
#define LIMIT_SETTLEMENT_WAIT_S 300
/*
 * A provider's list of a day. In JSON 131 bytes remain for each item of a body of 64 KiB; a file of 4 MiB has 83 for
 * each. While it is read it is in memory twice: 16 uploads × 8 MiB = 128 MiB for a reactor at worst.
 */
#define LIMIT_SETTLEMENT_ITEMS 50000
#define LIMIT_SETTLEMENT_BYTES (4 << 20)
#define LIMIT_SETTLEMENT_DIFFERENCES 100 /* shown with the answer; all of them are a list of their own */

/*
 * Withdrawals in a payout file. A line of the file has 6 + 36 + 402 + 19 + 17 bytes and 5 of commas and its end at
 * most, so that a file has 243 KB and fits into a reply, as its lines in JSON do with 300 bytes each.
 */
#define LIMIT_PAYOUT_LINES 500
#define LIMIT_PAYOUT_BYTES (LIMIT_PAYOUT_LINES * 490 + 100)

/* Signing in. A code is one in 10^6: 5 tries × the 10 messages of a day leave a guesser one chance in 20,000. */
#define LIMIT_CODE_TRIES 5
#define LIMIT_CODE_LIFE_S 300
#define LIMIT_REFRESH_REPEATS 4 /* of one refresh whose reply was lost */

/* The operators' listener. 100 operations × 8 statuses seen × 17 lines × 160 bytes = 2.2 MiB, and head-room. */
#define LIMIT_METRICS_BYTES (4 << 20)
#define LIMIT_OPS_CONNECTIONS 32
