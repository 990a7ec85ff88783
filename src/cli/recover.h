// Records of meters that were killed become runs in the ledger.
#ifndef PT_CLI_RECOVER_H
#define PT_CLI_RECOVER_H

#include "base/status.h"

// Takes in what killed meters left in the state directory and is meant for this ledger (NULL: the
// usual one), says so on standard error, and removes the files. What goes wrong is a warning; a
// record stays where it is until it is in the ledger.
void pt_recover_records(const char *ledger);
// The same for records that the user names, of any host and for any ledger; the files stay. Runs
// that are in the ledger already are left out. A folder stands for its *.record files.
enum pt_status pt_recover_path(const char *path, const char *ledger, int64_t *ret_count,
                               struct pt_error *error);
// The whole path of a ledger (NULL: of the usual one) as it stands in a record.
void pt_recover_ledger_name(const char *path, char *name, size_t size);

#endif
