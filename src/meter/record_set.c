// See record_set.h.

#include "meter/record_set.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pt_record_set_init(struct pt_record_set *set, struct pt_arena *arena)
{
    *set = (struct pt_record_set){.arena = arena};
}

struct pt_record_entry *pt_record_set_find(const struct pt_record_set *set, const char *uid)
{
    for (int64_t i = 0; i < set->entry_count; i++)
        if (strcmp(set->entries[i]->run.uid, uid) == 0)
            return set->entries[i];
    return NULL;
}

static bool is_of(const struct pt_record_entry *entry, const struct pt_record_run *run)
{
    return strcmp(entry->run.uid, run->uid) == 0;
}

static struct pt_record_entry *entry_of(struct pt_record_set *set, const struct pt_record_run *run)
{
    if (set->last_found < set->entry_count && is_of(set->entries[set->last_found], run))
        return set->entries[set->last_found];
    for (int64_t i = 0; i < set->entry_count; i++)
        if (is_of(set->entries[i], run)) {
            set->last_found = i;
            return set->entries[i];
        }
    if (set->entry_count == set->capacity) {
        int64_t capacity = set->capacity > 0 ? 2 * set->capacity : 16;
        struct pt_record_entry **grown =
            pt_arena_alloc(set->arena, (size_t)capacity, sizeof(void *));
        if (grown == NULL)
            return NULL;
        if (set->entry_count > 0)
            memcpy(grown, set->entries, (size_t)set->entry_count * sizeof(void *));
        set->entries = grown;
        set->capacity = capacity;
    }
    struct pt_record_entry *entry = pt_arena_alloc(set->arena, 1, sizeof *entry);
    if (entry == NULL)
        return NULL;
    entry->run = *run;
    entry->stride = 1;
    set->last_found = set->entry_count;
    return set->entries[set->entry_count++] = entry;
}

// ---------------------------------------------------------------------------------------- points
static int by_number(const void *a, const void *b)
{
    const struct pt_record_point *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static int64_t sort_points(struct pt_record_entry *entry)
{
    int64_t kept = 0, before = entry->point_count;
    if (before > 0)
        qsort(entry->points, (size_t)before, sizeof *entry->points, by_number);
    for (int64_t i = 0; i < before; i++)
        if (kept == 0 || entry->points[i].number != entry->points[kept - 1].number)
            entry->points[kept++] = entry->points[i];
    entry->point_count = kept;
    return before - kept;
}

// Makes room: every second point goes until half of the room is free.
static void thin(struct pt_record_set *set, struct pt_record_entry *entry)
{
    set->duplicate_count += sort_points(entry);
    while (entry->point_count > PT_RECORD_STATES_MAX / 2) {
        int64_t kept = 0;
        entry->stride *= 2;
        for (int64_t i = 0; i < entry->point_count; i++)
            if (entry->points[i].number % entry->stride == 0)
                entry->points[kept++] = entry->points[i];
        entry->point_count = kept;
    }
}

static int channel_index(struct pt_record_entry *entry, const struct pt_record_channel *channel)
{
    for (int i = 0; i < entry->channel_count; i++)
        if (strcmp(entry->channels[i].id, channel->id) == 0)
            return i;
    if (entry->channel_count == PT_CHANNELS_MAX)
        return -1;
    entry->channels[entry->channel_count] = *channel;
    return entry->channel_count++;
}

static int phase_index(struct pt_record_entry *entry, const char *name)
{
    for (int i = 0; i < entry->phase_count; i++)
        if (strcmp(entry->phases[i], name) == 0)
            return i;
    if (entry->phase_count == PT_PHASES_MAX)
        return -1;
    snprintf(entry->phases[entry->phase_count], PT_RECORD_NAME_SIZE, "%s", name);
    return entry->phase_count++;
}

// A channel that a line does not name was not known then; a phase that it does not name had not yet
// begun.
static bool make_point(struct pt_record_set *set, struct pt_record_entry *entry,
                       const struct pt_record_state *state, struct pt_record_point *ret_point)
{
    int channels[PT_CHANNELS_MAX], phases[PT_PHASES_MAX];
    for (int i = 0; i < state->channel_count; i++)
        channels[i] = channel_index(entry, &state->channels[i]);
    for (int i = 0; i < state->phase_count; i++)
        phases[i] = phase_index(entry, state->phases[i].name);
    int channel_count = entry->channel_count, phase_count = entry->phase_count;
    double *joules =
        pt_arena_alloc(set->arena, (size_t)(2 * channel_count + phase_count + 1), sizeof *joules);
    if (joules == NULL)
        return false;
    for (int i = 0; i < 2 * channel_count; i++)
        joules[i] = NAN;
    *ret_point = (struct pt_record_point){
        .number = state->number,
        .monotonic_ns = state->monotonic_ns,
        .realtime_ns = state->realtime_ns,
        .joules = state->joules.value,
        .machine_joules = state->machine_joules.value,
        .channel_count = channel_count,
        .phase_count = phase_count,
        .channel_joules = joules,
        .phase_joules = joules + 2 * channel_count,
    };
    for (int i = 0; i < state->channel_count; i++)
        if (channels[i] >= 0) {
            joules[2 * channels[i]] = state->channels[i].machine_joules;
            joules[2 * channels[i] + 1] = state->channels[i].our_joules;
        }
    for (int i = 0; i < state->phase_count; i++)
        if (phases[i] >= 0)
            ret_point->phase_joules[phases[i]] = state->phases[i].joules.value;
    return true;
}

static enum pt_status add_state(struct pt_record_set *set, struct pt_record_entry *entry,
                                const struct pt_record_state *state, struct pt_error *error)
{
    if (!entry->has_state || state->number > entry->last.number) {
        entry->last = *state;
        entry->has_state = true;
    }
    if (state->number % entry->stride != 0)
        return PT_OK;
    if (entry->points == NULL)
        entry->points = pt_arena_alloc(set->arena, PT_RECORD_STATES_MAX, sizeof *entry->points);
    if (entry->points == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the records");
    if (entry->point_count == PT_RECORD_STATES_MAX - 1) // the last place is for the newest
        thin(set, entry);
    if (state->number % entry->stride != 0)
        return PT_OK;
    if (!make_point(set, entry, state, &entry->points[entry->point_count]))
        return pt_fail(error, PT_NO_MEMORY, "no memory for the records");
    entry->point_count++;
    return PT_OK;
}

// ----------------------------------------------------------------------------------------- lines
static enum pt_status take(struct pt_record_set *set, struct pt_record_line *line, const char *text,
                           size_t length, struct pt_error *error)
{
    if (!pt_record_parse(text, length, line)) {
        set->damaged_count++;
        return PT_OK;
    }
    if (line->kind == PT_RECORD_OTHER) {
        set->unknown_count++;
        return PT_OK;
    }
    struct pt_record_entry *entry = entry_of(set, &line->run);
    if (entry == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the records");
    if (strcmp(entry->run.boot_id, line->run.boot_id) != 0) {
        set->damaged_count++; // a run lives in one boot
        return PT_OK;
    }
    if (line->kind == PT_RECORD_RUN) {
        entry->run = line->run;
        entry->described = true;
    } else if (line->kind == PT_RECORD_END) {
        entry->ended = true;
        entry->end = line->end;
    } else {
        return add_state(set, entry, &line->state, error);
    }
    return PT_OK;
}

enum pt_status pt_record_set_add(struct pt_record_set *set, const char *text, size_t length,
                                 struct pt_error *error)
{
    if (length == 0)
        return PT_OK;
    set->line_count++;
    struct pt_record_line *line = malloc(sizeof *line);
    if (line == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the records");
    enum pt_status status = take(set, line, text, length, error);
    free(line);
    return status;
}

// One line into buffer, however long it is; its length, and whether it had an end. -1: no more.
static int64_t read_line(FILE *file, char *buffer, size_t size, bool *ret_ended)
{
    int64_t length = 0;
    int byte;
    *ret_ended = false;
    while ((byte = getc_unlocked(file)) != EOF && byte != '\n') {
        if ((size_t)length < size)
            buffer[length] = (char)byte;
        length++;
    }
    *ret_ended = byte == '\n';
    return length == 0 && byte == EOF ? -1 : length;
}

// A line that does not fit is damaged, whatever it was.
static enum pt_status read_file(struct pt_record_set *set, FILE *file, char *buffer,
                                struct pt_error *error)
{
    bool ended;
    int64_t length;
    enum pt_status status = PT_OK;
    while (status == PT_OK && (length = read_line(file, buffer, PT_RECORD_LINE_MAX, &ended)) >= 0) {
        if (!ended) {
            set->torn_count++; // the last one, which nobody has finished
            break;
        }
        if (length < PT_RECORD_LINE_MAX)
            status = pt_record_set_add(set, buffer, (size_t)length, error);
        else
            set->damaged_count++, set->line_count++;
    }
    return status;
}

enum pt_status pt_record_set_read(struct pt_record_set *set, const char *path,
                                  struct pt_error *error)
{
    int64_t sound = set->line_count - set->damaged_count, torn = set->torn_count;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return pt_fail_errno(error, errno, "record %s: it cannot be read", path);
    char *buffer = malloc(PT_RECORD_LINE_MAX);
    enum pt_status status = buffer != NULL ? read_file(set, file, buffer, error)
                                           : pt_fail(error, PT_NO_MEMORY, "no memory for a line");
    if (status == PT_OK && ferror(file))
        status = pt_fail_errno(error, errno, "record %s: it cannot be read", path);
    free(buffer);
    fclose(file);
    if (status == PT_OK && set->line_count - set->damaged_count == sound && set->torn_count == torn)
        return pt_fail(error, PT_BAD_INPUT,
                       "record %s: no line in it is whole; is it a record of powertrain meter?",
                       path);
    return status;
}

// What is ours of the last second is only expected when a line is written, and may turn out to be
// less. Later lines know better: what was said before is lowered to them, so that nothing ever
// falls, and parts of the time add up to the whole.
static void lower(double *before, double after)
{
    if (after < *before)
        *before = after;
}

static void settle(struct pt_record_entry *entry)
{
    for (int64_t i = entry->point_count - 2; i >= 0; i--) {
        struct pt_record_point *point = &entry->points[i], *next = point + 1;
        if (isnan(next->joules))
            continue; // it knows nothing
        lower(&point->joules, next->joules);
        lower(&point->machine_joules, next->machine_joules);
        for (int k = 0; k < 2 * point->channel_count; k++)
            lower(&point->channel_joules[k], next->channel_joules[k]);
        for (int k = 0; k < point->phase_count; k++)
            lower(&point->phase_joules[k], next->phase_joules[k]);
    }
}

// The newest totals are the last point.
void pt_record_set_finish(struct pt_record_set *set)
{
    for (int64_t i = 0; i < set->entry_count; i++) {
        struct pt_record_entry *entry = set->entries[i];
        set->duplicate_count += sort_points(entry);
        int64_t count = entry->point_count;
        if (!entry->has_state || entry->points == NULL)
            continue;
        if ((count == 0 || entry->points[count - 1].number < entry->last.number) &&
            make_point(set, entry, &entry->last, &entry->points[count]))
            entry->point_count++;
        settle(entry);
    }
}
