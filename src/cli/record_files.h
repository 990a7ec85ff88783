// Records by the names of their files and folders.
#ifndef PT_CLI_RECORD_FILES_H
#define PT_CLI_RECORD_FILES_H

#include "meter/record_set.h"

// The *.record files of a folder, by name. PT_NOT_FOUND if it is none.
enum pt_status pt_record_files(struct pt_arena *arena, const char *folder, const char ***ret_paths,
                               int64_t *ret_count, struct pt_error *error);
// Reads files, and all records of folders, and finishes the set. In a folder a file that is no
// record is damage that is counted; one that is named itself is an error.
enum pt_status pt_record_files_read(struct pt_record_set *set, const char *const *paths,
                                    int64_t count, struct pt_error *error);

#endif
