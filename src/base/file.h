// Files: read whole, write whole or not at all, and paths below a root.
#ifndef PT_BASE_FILE_H
#define PT_BASE_FILE_H

#include "base/arena.h"

// Reads a regular file of at most limit bytes; a NUL byte is put behind it, not counted.
enum pt_status pt_file_read(struct pt_arena *arena, const char *path, size_t limit,
                            char **ret_bytes, size_t *ret_length, struct pt_error *error);

// Maps a regular file: it reads from the disk what is looked at. An empty file is NULL and length
// 0. A file that another program shortens meanwhile kills the process (SIGBUS).
enum pt_status pt_file_map(const char *path, const void **ret_bytes, size_t *ret_length,
                           struct pt_error *error);
void pt_file_unmap(const void *bytes, size_t length); // accepts NULL

// A file that appears under its name whole or not at all: written as "path.tmp.PID" in the same
// directory, flushed to the disk, renamed, and the directory flushed. After any failure, and after
// _abandon, the old file is as it was and the temporary one is gone.
struct pt_atomic_file;
enum pt_status pt_atomic_open(const char *path, struct pt_atomic_file **ret_file,
                              struct pt_error *error);
enum pt_status pt_atomic_write(struct pt_atomic_file *file, const void *bytes, size_t length,
                               struct pt_error *error);
enum pt_status pt_atomic_commit(struct pt_atomic_file *file, struct pt_error *error); // frees file
void pt_atomic_abandon(struct pt_atomic_file *file);                                  // frees file
// All three steps for bytes that are in memory already.
enum pt_status pt_atomic_write_file(const char *path, const void *bytes, size_t length,
                                    struct pt_error *error);
// The same; a new file is for its owner alone (0600).
enum pt_status pt_atomic_write_private(const char *path, const void *bytes, size_t length,
                                       struct pt_error *error);

// root + path; root may be "" or NULL for "/" itself. False if it does not fit.
bool pt_path_below(char *buffer, size_t size, const char *root, const char *path_format, ...)
    PT_PRINTF(4, 5);
// Makes every missing directory of path.
enum pt_status pt_make_directories(const char *path, struct pt_error *error);
// $XDG_DATA_HOME/powertrain (else ~/.local/share/powertrain) and the same for the cache
// (~/.cache/powertrain) and for what must outlive a program (~/.local/state/powertrain).
// PT_UNAVAILABLE if neither the variable nor $HOME is set.
enum pt_status pt_data_directory(struct pt_arena *arena, const char **ret_path,
                                 struct pt_error *error);
enum pt_status pt_cache_directory(struct pt_arena *arena, const char **ret_path,
                                  struct pt_error *error);
enum pt_status pt_state_directory(struct pt_arena *arena, const char **ret_path,
                                  struct pt_error *error);

#endif
