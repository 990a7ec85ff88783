// Opening the ledger: the file, its rights, whose it is, its version.
//
// Nothing is changed before the file is known to be a ledger: `--ledger photos.db` must not harm
// the photos. Sources: https://www.sqlite.org/wal.html (2.: no network filesystems),
// https://www.sqlite.org/security.html, statfs(2) and linux/magic.h.

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/store.h"

enum { WAL_RETRIES = 20 };

bool pt_ledger_is_network_filesystem(long type)
{
    static const unsigned long types[] = {
        0x6969,     // NFS
        0x517b,     // SMB
        0xff534d42, // CIFS
        0xfe534d42, // SMB2
        0x0bd00bd0, // Lustre
        0x47504653, // GPFS
        0x00c36400, // Ceph
        0x01021997, // 9P
        0x5346414f, // AFS
        0x19830326, // BeeGFS
        0x65735546, // FUSE: sshfs, but also local ones; slower is better than damaged
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (((unsigned long)type & 0xffffffff) == types[i])
            return true;
    return false;
}

// A relative path gets "./", so that SQLite sees neither ":memory:" nor "file:" in it.
static char *path_of(const char *path, struct pt_error *error)
{
    char *text = NULL;
    if (path != NULL) {
        if (asprintf(&text, "%s%s", path[0] == '/' ? "" : "./", path) >= 0)
            return text;
    } else {
        const char *directory;
        struct pt_arena *arena = pt_arena_create();
        enum pt_status status =
            arena != NULL ? pt_data_directory(arena, &directory, error) : PT_NO_MEMORY;
        if (status == PT_OK && asprintf(&text, "%s/ledger.db", directory) < 0)
            status = PT_NO_MEMORY;
        pt_arena_destroy(arena);
        if (status == PT_OK)
            return text;
        if (status == PT_UNAVAILABLE)
            return NULL;
    }
    pt_fail(error, PT_NO_MEMORY, "no memory for the path of the ledger");
    return NULL;
}

// Makes an empty file that only its owner can read, unless there is one: SQLite gives -wal and -shm
// the same rights. It must not be opened here if it exists: closing it would drop the locks that
// another connection of this process holds on it.
static enum pt_status create_file(const char *path, struct pt_error *error)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: no memory to open it", path);
    char *directory = dirname(copy);
    enum pt_status status = pt_make_directories(directory, error);
    int file = status == PT_OK ? open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    if (file >= 0) {
        close(file);
        int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder >= 0) {
            fsync(folder);
            close(folder);
        }
    } else if (status == PT_OK && errno != EEXIST) {
        status = pt_fail_errno(error, errno,
                               "%s: the ledger cannot be created; give another file with --ledger",
                               path);
    }
    free(copy);
    return status;
}

static enum pt_status check_file(const char *path, bool must_exist, struct pt_error *error)
{
    struct stat about;
    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode))
        return pt_fail(error, PT_BAD_INPUT, "%s: is no regular file, so no ledger", path);
    if (!must_exist)
        return create_file(path, error);
    if (access(path, F_OK) == 0)
        return PT_OK;
    if (errno == ENOENT)
        return pt_fail(error, PT_NOT_FOUND,
                       "%s: no ledger here yet; `powertrain train` and `powertrain meter` begin it",
                       path);
    return pt_fail_errno(error, errno, "%s: the ledger cannot be opened", path);
}

static enum pt_status connect(struct pt_ledger *ledger, bool must_exist, int busy_milliseconds,
                              struct pt_error *error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(ledger->path, &ledger->database, flags, NULL) != SQLITE_OK) {
        if (ledger->database == NULL)
            return pt_fail(error, PT_NO_MEMORY, "%s: no memory to open it", ledger->path);
        return pt_ledger_fail(ledger, error, "the ledger cannot be opened");
    }
    if (!must_exist && sqlite3_db_readonly(ledger->database, "main") == 1)
        return pt_fail(error, PT_DENIED,
                       "%s: the ledger may not be written; make it writable, or give another file "
                       "with --ledger",
                       ledger->path);
    sqlite3_busy_timeout(ledger->database, busy_milliseconds);
    sqlite3_db_config(ledger->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    // Folding the log into the file at every close waits for the disk three times more than keeping
    // the run does, and is part of what `powertrain meter` adds to a command. SQLite folds it when
    // it is long, and whoever only reads does when closing.
    if (!must_exist)
        sqlite3_db_config(ledger->database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return pt_ledger_execute(ledger,
                             "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                             "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;",
                             error);
}

// The version of the schema; 0 for an empty file. Fails for what is no ledger or too new.
static enum pt_status identify(struct pt_ledger *ledger, int64_t *ret_version,
                               struct pt_error *error)
{
    int64_t application = 0, version = 0, objects = 0;

    enum pt_status status =
        pt_ledger_count(ledger, "PRAGMA application_id", 0, &application, error);
    if (status == PT_OK)
        status = pt_ledger_count(ledger, "PRAGMA user_version", 0, &version, error);
    if (status == PT_OK)
        status = pt_ledger_count(ledger, "SELECT count(*) FROM sqlite_schema", 0, &objects, error);
    if (status != PT_OK)
        return status;
    bool is_empty = application == 0 && version == 0 && objects == 0;
    if (!is_empty && application != PT_LEDGER_APPLICATION_ID)
        return pt_fail(error, PT_CORRUPT,
                       "%s: is a database of another program (application id 0x%08llx); it is left "
                       "as it is, give another file with --ledger",
                       ledger->path, (unsigned long long)application & 0xffffffff);
    if (!is_empty && version < 1)
        return pt_fail(error, PT_CORRUPT,
                       "%s: the ledger says version %lld; move it away and a new one is begun",
                       ledger->path, (long long)version);
    if (version > pt_ledger_schema_version())
        return pt_fail(error, PT_MISMATCH,
                       "%s: a newer powertrain wrote this ledger (version %lld, known is %d); "
                       "install that one, or give another file with --ledger",
                       ledger->path, (long long)version, pt_ledger_schema_version());
    *ret_version = version;
    return PT_OK;
}

// Another process may do the same: look again once the write lock is ours.
static enum pt_status migrate(struct pt_ledger *ledger, struct pt_error *error)
{
    char sql[128];
    int64_t version = 0;

    enum pt_status status = pt_ledger_execute(ledger, "BEGIN IMMEDIATE", error);
    if (status != PT_OK)
        return status;
    status = identify(ledger, &version, error);
    for (; status == PT_OK && version < pt_ledger_schema_version(); version++)
        status = pt_ledger_execute(ledger, pt_ledger_migrations[version], error);
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             PT_LEDGER_APPLICATION_ID, pt_ledger_schema_version());
    if (status == PT_OK)
        status = pt_ledger_execute(ledger, sql, error);
    return pt_ledger_finish(ledger, status, error);
}

// "wal" or another mode that the filesystem allows. The change needs the file for itself for a
// moment, for which SQLite does not always wait by itself.
static enum pt_status use_wal(struct pt_ledger *ledger, int busy_milliseconds,
                              struct pt_error *error)
{
    struct statfs about;
    bool is_network =
        statfs(ledger->path, &about) == 0 && pt_ledger_is_network_filesystem((long)about.f_type);
    const char *sql = is_network ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL";

    if (sqlite3_db_readonly(ledger->database, "main") == 1)
        return PT_OK;
    for (int i = 0; i < WAL_RETRIES; i++) {
        int code = sqlite3_exec(ledger->database, sql, NULL, NULL, NULL);
        if (code == SQLITE_OK)
            return PT_OK;
        if ((code & 0xff) != SQLITE_BUSY)
            break;
        usleep((unsigned)busy_milliseconds * 1000 / WAL_RETRIES);
    }
    return pt_ledger_fail(ledger, error, "the ledger cannot be opened");
}

static enum pt_status open_database(struct pt_ledger *ledger, bool must_exist,
                                    int busy_milliseconds, struct pt_error *error)
{
    int64_t version = 0;

    enum pt_status status = connect(ledger, must_exist, busy_milliseconds, error);
    if (status == PT_OK)
        status = identify(ledger, &version, error);
    // An old file that may only be read is read as it is.
    bool only_read = version >= 1 && sqlite3_db_readonly(ledger->database, "main") == 1;
    ledger->version = only_read ? version : pt_ledger_schema_version();
    if (status == PT_OK && version < ledger->version)
        status = migrate(ledger, error);
    if (status == PT_OK)
        status = use_wal(ledger, busy_milliseconds, error);
    return status;
}

enum pt_status pt_ledger_open_within(const char *path, bool must_exist, int busy_milliseconds,
                                     struct pt_ledger **ret_ledger, struct pt_error *error)
{
    struct pt_error cause = {.status = PT_NO_MEMORY, .message = "no memory for the ledger"};
    struct pt_ledger *ledger = calloc(1, sizeof *ledger);
    enum pt_status status = PT_NO_MEMORY;

    if (ledger != NULL && (ledger->path = path_of(path, &cause)) != NULL) {
        ledger->root = "";
        ledger->clock = &pt_system_clock;
        status = check_file(ledger->path, must_exist, &cause);
        if (status == PT_OK)
            status = open_database(ledger, must_exist, busy_milliseconds, &cause);
    } else {
        status = cause.status;
    }
    if (status != PT_OK) {
        pt_ledger_close(ledger);
        return pt_fail(error, status, "%s", cause.message);
    }
    *ret_ledger = ledger;
    return PT_OK;
}

enum pt_status pt_ledger_open(const char *path, struct pt_ledger **ret_ledger,
                              struct pt_error *error)
{
    return pt_ledger_open_within(path, false, PT_LEDGER_BUSY_MILLISECONDS, ret_ledger, error);
}

enum pt_status pt_ledger_open_existing(const char *path, struct pt_ledger **ret_ledger,
                                       struct pt_error *error)
{
    return pt_ledger_open_within(path, true, PT_LEDGER_BUSY_MILLISECONDS, ret_ledger, error);
}

void pt_ledger_close(struct pt_ledger *ledger)
{
    if (ledger == NULL)
        return;
    sqlite3_close(ledger->database);
    free(ledger->written.points);
    free(ledger->written.samples);
    free(ledger->path);
    free(ledger);
}

const char *pt_ledger_path(const struct pt_ledger *ledger)
{
    return ledger->path;
}
