// What an owner of power limits has changed, on the disk before it is changed: restore.d/PID.json.
#ifndef PT_JOB_POWER_RECORD_H
#define PT_JOB_POWER_RECORD_H

#include "job/power_limit.h"
#include "job/state.h"

enum { PT_RECORD_PATH = 512 };

struct pt_power_change {
    char id[PT_LIMIT_ID];
    char old[PT_LIMIT_TEXT];     // to be given back
    char ours[PT_LIMIT_TEXT];    // what our last write left there, ""
    char pending[PT_LIMIT_TEXT]; // being written, ""
};

struct pt_power_record {
    char boot_id[40];
    struct pt_process_id owner;
    int count;
    struct pt_power_change changes[PT_LIMITS_MAX];
};

// The folder for records below root ("" or NULL: the system), made if it can be. PT_DENIED.
enum pt_status pt_power_record_folder(const char *root, char folder[PT_RECORD_PATH],
                                      struct pt_error *error);
// Folders that may hold records, as far as they are there: at most two.
int pt_power_record_folders(const char *root, char folders[2][PT_RECORD_PATH]);

void pt_power_record_path(const char *folder, int64_t pid, char path[PT_RECORD_PATH]);
// Flushed, whole or not at all; without changes the file is removed.
enum pt_status pt_power_record_save(const char *folder, const struct pt_power_record *record,
                                    struct pt_error *error);
// PT_NOT_FOUND; PT_CORRUPT: no such record.
enum pt_status pt_power_record_load(const char *path, struct pt_power_record *ret_record,
                                    struct pt_error *error);
enum pt_status pt_power_record_parse(const char *text, size_t length, const char *name,
                                     struct pt_power_record *ret_record, struct pt_error *error);

// NULL if there is none.
struct pt_power_change *pt_power_record_find(struct pt_power_record *record, const char *id);
void pt_power_record_remove(struct pt_power_record *record, struct pt_power_change *change);

// Whether two texts are the same value, up to how firmware rounds: words by letters, numbers within
// 1 %.
bool pt_power_same(const char *a, const char *b);

#endif
