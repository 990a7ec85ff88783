// A metered command in the ledger.
#ifndef PT_CLI_METER_RECORD_H
#define PT_CLI_METER_RECORD_H

#include "cli/meter_text.h"
#include "ledger/ledger.h"

// Opens the ledger at path (NULL: the default), writes the run and its samples, and sets run_id and
// ledger_path of *metered; memory from arena.
enum pt_status pt_metered_record(struct pt_metered *metered, struct pt_arena *arena, char **command,
                                 const struct pt_run_origin *origin,
                                 const struct pt_meter_sample *samples, int64_t sample_count,
                                 const char *path, struct pt_error *error);

#endif
