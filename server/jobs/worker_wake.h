/* For whoever commits something that a background thread is to do; free of libpq, so that api/ may include it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Makes every worker look at once whether something is due. Any thread, at any time; never blocks. */
void worker_wake(void);
