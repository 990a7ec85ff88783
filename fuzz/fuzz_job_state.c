// Any file as the state of a job: it is refused, or written and read it is the same, and its name
// is no path.

#include <stdlib.h>
#include <string.h>

#include "job/state.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_job_state state, again;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        abort();
    if (pt_job_state_parse(arena, (const char *)bytes, length, "fuzz", &state, NULL) == PT_OK) {
        size_t written;
        char *text = pt_job_state_write(&state, &written);
        if (strchr(state.id, '/') != NULL || state.id[0] == '.' || state.command[0] == NULL)
            abort();
        if (text == NULL ||
            pt_job_state_parse(arena, text, written, "again", &again, NULL) != PT_OK ||
            again.phase != state.phase || again.run_seconds != state.run_seconds ||
            again.process.start_ticks != state.process.start_ticks ||
            strcmp(again.command[0], state.command[0]) != 0)
            abort();
        free(text);
    }
    pt_arena_destroy(arena);
    return 0;
}
