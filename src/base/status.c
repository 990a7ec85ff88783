// Statuses and errors.

#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *pt_status_text(enum pt_status status)
{
    static const char *const texts[] = {
#define PT_STATUS_TEXT(name, text) [name] = text,
        PT_STATUS_LIST(PT_STATUS_TEXT)
#undef PT_STATUS_TEXT
    };
    size_t index = (size_t)status;
    return index < sizeof texts / sizeof *texts ? texts[index] : "unknown status";
}

const char *pt_version(void)
{
    return PT_VERSION;
}

// A message is one line and commands no terminal, whatever the file names and texts in it hold:
// control characters become '?', those of two bytes (U+0080 to U+009F) too.
static void clean(char *message)
{
    for (unsigned char *c = (unsigned char *)message; *c != '\0'; c++) {
        bool two_bytes = c[0] == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0;
        if (*c < 0x20 || *c == 0x7F || two_bytes)
            *c = '?';
        if (two_bytes)
            *++c = '?';
    }
}

enum pt_status pt_fail(struct pt_error *error, enum pt_status status, const char *format, ...)
{
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        clean(error->message);
    }
    return status;
}

static enum pt_status status_of_errno(int value)
{
    switch (value) {
    case EACCES:
    case EPERM:
    case EROFS:
        return PT_DENIED;
    case ENOENT:
    case ENOTDIR:
        return PT_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return PT_DISK_FULL;
    case ENOMEM:
        return PT_NO_MEMORY;
    case ENODEV:
    case ENXIO:
    case ENODATA:
        return PT_UNAVAILABLE;
    case EBUSY:
    case EAGAIN:
        return PT_BUSY;
    case EINTR:
        return PT_INTERRUPTED;
    default:
        return PT_IO;
    }
}

enum pt_status pt_fail_errno(struct pt_error *error, int errno_value, const char *format, ...)
{
    enum pt_status status = status_of_errno(errno_value);
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        int used = vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        if (used >= 0 && (size_t)used < sizeof error->message)
            snprintf(error->message + used, sizeof error->message - (size_t)used, ": %s",
                     strerror(errno_value));
        clean(error->message);
    }
    return status;
}

enum pt_status pt_fail_within(struct pt_error *error, enum pt_status status, const char *format,
                              ...)
{
    if (error != NULL) {
        char inner[sizeof error->message];
        memcpy(inner, error->message, sizeof inner);
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        int used = vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        if (used >= 0 && (size_t)used < sizeof error->message)
            snprintf(error->message + used, sizeof error->message - (size_t)used, ": %.*s",
                     (int)sizeof error->message - used, inner); // what fits
        clean(error->message);
    }
    return status;
}
