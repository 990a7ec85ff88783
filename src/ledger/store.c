// SQLite's results as ours, and the small steps that every statement takes.
// Source: https://www.sqlite.org/rescode.html

#include "ledger/store.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum pt_status status_of(int code, int errno_value)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return PT_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_MISMATCH: // a value of another type than its STRICT column
        return PT_CORRUPT;
    case SQLITE_FULL:
        return PT_DISK_FULL;
    case SQLITE_NOMEM:
        return PT_NO_MEMORY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return PT_DENIED;
    case SQLITE_TOOBIG:
        return PT_OVERFLOW;
    case SQLITE_CONSTRAINT:
        return PT_BAD_INPUT;
    case SQLITE_INTERRUPT:
        return PT_INTERRUPTED;
    default:
        break;
    }
    return errno_value != 0 ? pt_fail_errno(NULL, errno_value, "-") : PT_IO;
}

static int last_errno(sqlite3_file *file)
{
    int value = 0;
    if (file == NULL || file->pMethods == NULL ||
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &value) != SQLITE_OK)
        return 0;
    return value;
}

// Why the operating system refused; 0 if that is not known. sqlite3_system_errno is what errno
// holds once SQLite has cleaned up, so that of a failed write is lost: ask the log and the file for
// it.
static int errno_of(const struct pt_ledger *ledger, int code)
{
    sqlite3_file *file = NULL;
    int value = 0;

    if ((code & 0xff) == SQLITE_CANTOPEN)
        return sqlite3_system_errno(ledger->database);
    if ((code & 0xff) != SQLITE_IOERR)
        return 0;
    if (sqlite3_file_control(ledger->database, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) ==
        SQLITE_OK)
        value = last_errno(file);
    if (value == 0 && sqlite3_file_control(ledger->database, "main", SQLITE_FCNTL_FILE_POINTER,
                                           &file) == SQLITE_OK)
        value = last_errno(file);
    return value;
}

static const char *remedy_of(enum pt_status status)
{
    switch (status) {
    case PT_BUSY:
        return "; another process holds it: try again, or give another file with --ledger";
    case PT_CORRUPT:
        return "; move it away (mv it to another name) and a new one is begun; `sqlite3 FILE "
               ".recover` may save its contents";
    case PT_DISK_FULL:
        return "; free some space, or give a file on another disk with --ledger";
    case PT_DENIED:
        return "; make it and its directory writable, or give another file with --ledger";
    default:
        return "";
    }
}

enum pt_status pt_ledger_fail(const struct pt_ledger *ledger, struct pt_error *error,
                              const char *doing, ...)
{
    int code = sqlite3_extended_errcode(ledger->database);
    int errno_value = errno_of(ledger, code);
    enum pt_status status = status_of(code, errno_value);
    char text[256];

    va_list arguments;
    va_start(arguments, doing);
    vsnprintf(text, sizeof text, doing, arguments);
    va_end(arguments);
    return pt_fail(error, status, "%s: %s: %s%s%s%s", ledger->path, text,
                   sqlite3_errmsg(ledger->database), errno_value != 0 ? ": " : "",
                   errno_value != 0 ? strerror(errno_value) : "", remedy_of(status));
}

enum pt_status pt_ledger_execute(struct pt_ledger *ledger, const char *sql, struct pt_error *error)
{
    if (sqlite3_exec(ledger->database, sql, NULL, NULL, NULL) == SQLITE_OK)
        return PT_OK;
    return pt_ledger_fail(ledger, error, "the ledger failed at %.60s", sql);
}

enum pt_status pt_ledger_prepare(struct pt_ledger *ledger, const char *sql, sqlite3_stmt **ret,
                                 struct pt_error *error)
{
    if (sqlite3_prepare_v2(ledger->database, sql, -1, ret, NULL) == SQLITE_OK)
        return PT_OK;
    return pt_ledger_fail(ledger, error, "the ledger failed at %.60s", sql);
}

enum pt_status pt_ledger_step(struct pt_ledger *ledger, sqlite3_stmt *statement,
                              struct pt_error *error)
{
    enum pt_status status = PT_OK;
    if (sqlite3_step(statement) != SQLITE_DONE)
        status = pt_ledger_fail(ledger, error, "cannot write");
    sqlite3_reset(statement);
    return status;
}

// A failed COMMIT may leave the transaction open.
enum pt_status pt_ledger_finish(struct pt_ledger *ledger, enum pt_status status,
                                struct pt_error *error)
{
    if (status == PT_OK)
        status = pt_ledger_execute(ledger, "COMMIT", error);
    if (status != PT_OK && sqlite3_get_autocommit(ledger->database) == 0)
        sqlite3_exec(ledger->database, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

double pt_ledger_real(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? (double)NAN
                                                           : sqlite3_column_double(row, column);
}

enum pt_status pt_ledger_count(struct pt_ledger *ledger, const char *sql, int64_t id,
                               int64_t *ret_count, struct pt_error *error)
{
    sqlite3_stmt *select;
    enum pt_status status = pt_ledger_prepare(ledger, sql, &select, error);
    if (status != PT_OK)
        return status;
    if (sqlite3_bind_parameter_count(select) == 1)
        sqlite3_bind_int64(select, 1, id);
    if (sqlite3_step(select) == SQLITE_ROW)
        *ret_count = sqlite3_column_int64(select, 0);
    else
        status = pt_ledger_fail(ledger, error, "cannot read");
    sqlite3_finalize(select);
    return status;
}
