/* The fields of a document. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "api/documents/shown.h"

_Static_assert((int)DOCUMENT_LIST_COLUMN_DOCUMENT_ID == (int)DOCUMENT_GET_COLUMN_DOCUMENT_ID &&
                   (int)DOCUMENT_LIST_COLUMN_CREATED_AT == (int)DOCUMENT_GET_COLUMN_CREATED_AT,
               "the same columns");
_Static_assert((int)DOCUMENT_STORE_COLUMN_DOCUMENT_ID == (int)DOCUMENT_GET_COLUMN_DOCUMENT_ID &&
                   (int)DOCUMENT_STORE_COLUMN_CREATED_AT == (int)DOCUMENT_GET_COLUMN_CREATED_AT,
               "the same columns");

const struct field document_fields[DOCUMENT_FIELDS] = {
    {"document_id", DOCUMENT_GET_COLUMN_DOCUMENT_ID, FIELD_PLAIN},
    {"object_kind", DOCUMENT_GET_COLUMN_OBJECT_KIND, FIELD_PLAIN},
    {"object_id", DOCUMENT_GET_COLUMN_OBJECT_ID, FIELD_PLAIN},
    {"document_kind", DOCUMENT_GET_COLUMN_DOCUMENT_KIND, FIELD_PLAIN},
    {"content_type", DOCUMENT_GET_COLUMN_CONTENT_TYPE, FIELD_PLAIN},
    {"size_bytes", DOCUMENT_GET_COLUMN_SIZE_BYTES, FIELD_PLAIN},
    {"uploaded_by", DOCUMENT_GET_COLUMN_UPLOADED_BY, FIELD_PLAIN},
    {"created_at", DOCUMENT_GET_COLUMN_CREATED_AT, FIELD_PLAIN},
};
