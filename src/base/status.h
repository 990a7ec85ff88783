// How a function says that the world failed: a status, and an error that explains it.
#ifndef PT_BASE_STATUS_H
#define PT_BASE_STATUS_H

#include "powertrain.h"

#define PT_PRINTF(index, first) __attribute__((format(printf, index, first)))

// Fills *error (if it is not NULL) and returns status, so that failing is one line.
enum pt_status pt_fail(struct pt_error *error, enum pt_status status, const char *format, ...)
    PT_PRINTF(3, 4);

// Like pt_fail, with the status that fits errno_value (EACCES is PT_DENIED, ENOSPC is PT_DISK_FULL
// and so on) and ": " and its text behind the message.
enum pt_status pt_fail_errno(struct pt_error *error, int errno_value, const char *format, ...)
    PT_PRINTF(3, 4);

// Puts text and ": " before the message that error holds already; returns its status.
enum pt_status pt_fail_within(struct pt_error *error, enum pt_status status, const char *format,
                              ...) PT_PRINTF(3, 4);

#endif
