/* Keeps the key that the SMS gateway asks for, for all threads that send. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jobs/sms_internal.h"
#include "server/log.h"
#include "server/secret_file.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER "Authorization: Bearer "

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *key_file; /* NULL: none was asked for; lives as long as the settings */
static char *header;

static char *read_header(const char *path, const char **why)
{
    char *line = malloc(sizeof HEADER + SECRET_LINE_BYTES_MAXIMUM);
    *why = "cannot be read: out of memory";
    if (line != NULL && secret_file_read_line(path, line + sizeof HEADER - 1, SECRET_LINE_BYTES_MAXIMUM, why)) {
        memcpy(line, HEADER, sizeof HEADER - 1);
        return line;
    }
    if (line != NULL)
        explicit_bzero(line, sizeof HEADER + SECRET_LINE_BYTES_MAXIMUM);
    free(line);
    return NULL;
}

void sms_key_forget(char *text)
{
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
}

static bool take(const char **why)
{
    char *fresh = read_header(key_file, why);
    if (fresh == NULL)
        return false;
    sms_key_forget(header);
    header = fresh;
    return true;
}

bool sms_key_open(const char *path, const char **error)
{
    static _Thread_local char complaint[400];
    const char *why = NULL;
    pthread_mutex_lock(&lock);
    key_file = path;
    bool is_read = take(&why);
    pthread_mutex_unlock(&lock);
    if (!is_read) {
        snprintf(complaint, sizeof complaint, "YIBAO_SMS_KEY_FILE %s %s", path, why);
        *error = complaint;
    }
    return is_read;
}

void sms_reload(void)
{
    const char *why = NULL;
    pthread_mutex_lock(&lock);
    const char *path = key_file;
    bool is_read = path != NULL && take(&why);
    pthread_mutex_unlock(&lock);
    if (is_read)
        LOG(LOG_INFO, "sms_key_read", LOG_TEXT("file", span_of(path)));
    else if (path != NULL)
        LOG(LOG_ERROR, "sms_key_unreadable", LOG_TEXT("file", span_of(path)), LOG_TEXT("why", span_of(why)));
}

char *sms_key_header(void)
{
    pthread_mutex_lock(&lock);
    char *copy = header == NULL ? NULL : strdup(header);
    pthread_mutex_unlock(&lock);
    return copy;
}
