/* One picture of a JPEG, and what may follow it. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/documents/judge.h"

struct jpeg_image {
    size_t length;  /* up to and with its end mark */
    bool has_index; /* it says that further pictures follow (CIPA DC-007, an APP2 segment "MPF") */
};

/* The picture that the bytes begin with, as `FF D8` has been seen. What follows it is not looked at. */
enum document_fault document_jpeg_image(struct span bytes, struct jpeg_image *image);
/* What follows the first picture: nothing but what telephones are known to leave there is good. */
enum document_fault document_judge_jpeg_trailer(struct span rest, bool has_index);
