/* The words that columns of import files are made of, in Chinese, English and the codes of the national standard. */
/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/import/column.h"

extern const struct word scheme_words[];
extern const struct word enrolment_status_words[];
extern const struct word account_mode_words[];
extern const struct word payer_kind_words[];
extern const struct word contribution_kind_words[];

/* Headers that mean the same in every kind of file. */
#define HEADERS_CITIZEN_NUMBER "公民身份号码|身份证号|身份证号码|证件号码|居民身份证号码|社会保障号码|id_number"
#define HEADERS_NAME "姓名|参保人姓名"
#define HEADERS_POOL                                                                                                   \
    "统筹区|统筹区编码|统筹区代码|统筹地区|统筹地区编码|参保地|参保地编码|行政区划代码|region|region_code|pool"
#define HEADERS_SCHEME "险种|险种类型|参保险种|险种编码|insurance"
#define HEADERS_EMPLOYER_CODE "统一社会信用代码|单位统一社会信用代码|用人单位代码|单位编号"
#define HEADERS_SOURCE_DOCUMENT "来源单据|单据号|单据编号|凭证号|凭证编号|缴费单号|税票号码|电子税票号码|document"
