// Any file as the journal of a run: it is refused, or written and read it is the same, its name is
// no path, and its stretches come one after the other.

#include <stdlib.h>
#include <string.h>

#include "job/steer_journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_run_journal journal, again;
    size_t written;
    if (pt_run_journal_parse((const char *)bytes, length, "fuzz", &journal, NULL) != PT_OK)
        return 0;
    if (strchr(journal.id, '/') != NULL || journal.id[0] == '.')
        abort();
    for (int64_t i = 0; i < journal.interval_count; i++)
        if (journal.intervals[i].to_ns < journal.intervals[i].from_ns ||
            (i > 0 && journal.intervals[i].from_ns < journal.intervals[i - 1].to_ns))
            abort();
    char *text = pt_run_journal_write(&journal, &written);
    if (text == NULL || pt_run_journal_parse(text, written, "again", &again, NULL) != PT_OK ||
        again.interval_count != journal.interval_count ||
        again.deadline_ns != journal.deadline_ns || again.run_seconds != journal.run_seconds ||
        strcmp(again.command_line, journal.command_line) != 0)
        abort();
    free(text);
    pt_run_journal_close(&again);
    pt_run_journal_close(&journal);
    return 0;
}
