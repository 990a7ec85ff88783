// See record_merge.h.

#include "meter/record_merge.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meter/record_node.h"

struct merging {
    struct pt_arena *arena;
    const struct pt_record_set *set;
    struct pt_record_part *parts; // by boot
    int64_t part_count;
    struct pt_merge merge;
    struct pt_error *error;
};

static enum pt_status no_memory(const struct merging *merging)
{
    return pt_fail(merging->error, PT_NO_MEMORY, "merge: out of memory");
}

// -------------------------------------------------------------------------------- which records
static int by_boot(const void *a, const void *b)
{
    const struct pt_record_run *left = &((const struct pt_record_part *)a)->entry->run;
    const struct pt_record_run *right = &((const struct pt_record_part *)b)->entry->run;
    int order = strcmp(left->boot_id, right->boot_id);
    return order != 0 ? order : strcmp(left->uid, right->uid);
}

static bool is_wanted(const struct pt_record_entry *entry, const char *group)
{
    const struct pt_record_job *job = &entry->run.job;
    return group == NULL || strcmp(job->run_name, group) == 0 || strcmp(job->key, group) == 0 ||
           strcmp(job->job_id, group) == 0;
}

// The meter of which this one was a part is here too, in the same boot, and counted.
static bool is_inside(const struct merging *merging, const struct pt_record_entry *entry)
{
    for (int64_t i = 0; i < merging->part_count && entry->run.parent_uid[0] != '\0'; i++) {
        const struct pt_record_entry *other = merging->parts[i].entry;
        if (strcmp(other->run.uid, entry->run.parent_uid) == 0)
            return other->has_state && strcmp(other->run.boot_id, entry->run.boot_id) == 0;
    }
    return false;
}

static enum pt_status take_parts(struct merging *merging, const char *group)
{
    int64_t count = merging->set->entry_count;
    merging->parts = pt_arena_alloc(merging->arena, (size_t)count + 1, sizeof *merging->parts);
    if (merging->parts == NULL)
        return no_memory(merging);
    for (int64_t i = 0; i < count; i++)
        if (is_wanted(merging->set->entries[i], group))
            merging->parts[merging->part_count++].entry = merging->set->entries[i];
    if (merging->part_count == 0)
        return pt_fail(merging->error, PT_NOT_FOUND,
                       "none of the %" PRId64 " records is of %s; without --run all are merged",
                       count, group != NULL ? group : "any run");
    qsort(merging->parts, (size_t)merging->part_count, sizeof *merging->parts, by_boot);
    for (int64_t i = 0; i < merging->part_count; i++)
        merging->parts[i].inside = is_inside(merging, merging->parts[i].entry);
    return PT_OK;
}

// ----------------------------------------------------------------------------------------- nodes
static const char *node_name(const struct pt_record_part *parts, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (parts[i].entry->described)
            return parts[i].entry->run.job.node;
    return parts[0].entry->run.host;
}

static enum pt_status merge_nodes(struct merging *merging)
{
    struct pt_merge *merge = &merging->merge;
    merge->nodes =
        pt_arena_alloc(merging->arena, (size_t)merging->part_count, sizeof *merge->nodes);
    if (merge->nodes == NULL)
        return no_memory(merging);
    for (int64_t first = 0, next; first < merging->part_count; first = next) {
        struct pt_record_part *parts = &merging->parts[first];
        for (next = first; next < merging->part_count; next++)
            if (strcmp(merging->parts[next].entry->run.boot_id, parts->entry->run.boot_id) != 0)
                break;
        struct pt_merge_node *node = &merge->nodes[merge->node_count++];
        node->boot_id = parts->entry->run.boot_id;
        node->name = node_name(parts, next - first);
        enum pt_status status =
            pt_record_node_merge(merging->arena, parts, next - first, node, merging->error);
        if (status != PT_OK)
            return status;
    }
    return PT_OK;
}

static void sum_nodes(struct pt_merge *merge)
{
    bool any = false, any_machine = false;
    struct pt_quantity ours = {0, 0, 0, PT_EXACT}, machine = ours;
    for (int64_t i = 0; i < merge->node_count; i++) {
        const struct pt_merge_node *node = &merge->nodes[i];
        merge->run_count += node->run_count;
        merge->unknown_count += node->unknown_count;
        if (pt_quantity_known(node->joules))
            ours = pt_quantity_sum(ours, node->joules), any = true;
        if (pt_quantity_known(node->machine_joules))
            machine = pt_quantity_sum(machine, node->machine_joules), any_machine = true;
        for (int k = 0; k < node->phase_count; k++) {
            const struct pt_merge_phase *from = &node->phases[k];
            struct pt_merge_phase *to =
                pt_merge_phase_of(merge->phases, &merge->phase_count, from->name);
            to->joules = pt_quantity_sum(to->joules, from->joules);
            to->seconds = fmax(to->seconds, from->seconds);
        }
    }
    merge->joules = any ? ours : pt_quantity_missing();
    merge->machine_joules = any_machine ? machine : pt_quantity_missing();
}

// -------------------------------------------------------------------------------- what is missing
// "node1.cluster.example" and "node1" are the same to a launcher.
static bool is_same_node(const char *a, const char *b)
{
    size_t a_length = strcspn(a, "."), b_length = strcspn(b, ".");
    return a_length == b_length && strncmp(a, b, a_length) == 0;
}

static bool has_record(const struct merging *merging, const char *name)
{
    for (int64_t i = 0; i < merging->part_count; i++) {
        const struct pt_record_run *run = &merging->parts[i].entry->run;
        if (is_same_node(run->job.node, name) || is_same_node(run->host, name))
            return true;
    }
    return false;
}

static bool add_missing(struct merging *merging, const char *name)
{
    struct pt_merge *merge = &merging->merge;
    for (int64_t i = 0; i < merge->missing_count; i++)
        if (strcmp(merge->missing[i], name) == 0)
            return true;
    if (merge->missing_count == PT_JOB_NODES_MAX)
        return true;
    if (merge->missing == NULL)
        merge->missing = pt_arena_alloc(merging->arena, PT_JOB_NODES_MAX, sizeof *merge->missing);
    if (merge->missing == NULL)
        return false;
    merge->missing[merge->missing_count++] = name;
    return true;
}

// Of each list of nodes once; many records say the same one.
static enum pt_status look_for_names(struct merging *merging, const char *list, bool *ret_listed)
{
    const char **names;
    int64_t count;
    if (pt_node_list_expand(merging->arena, list, &names, &count, NULL) != PT_OK)
        return PT_OK; // not in the way that we know: then only the number tells
    *ret_listed = true;
    for (int64_t i = 0; i < count; i++)
        if (!has_record(merging, names[i]) && !add_missing(merging, names[i]))
            return no_memory(merging);
    return PT_OK;
}

static int64_t machines_of(const struct merging *merging, const char *key)
{
    int64_t count = 0;
    const char *boot = "";
    for (int64_t i = 0; i < merging->part_count; i++) {
        const struct pt_record_run *run = &merging->parts[i].entry->run;
        if (strcmp(run->job.key, key) != 0 || strcmp(run->boot_id, boot) == 0)
            continue;
        boot = run->boot_id;
        count++;
    }
    return count;
}

static enum pt_status look_for_missing(struct merging *merging)
{
    struct pt_merge *merge = &merging->merge;
    const char *list = "", *key = "";
    bool listed = false;
    for (int64_t i = 0; i < merging->part_count; i++) {
        const struct pt_record_job *job = &merging->parts[i].entry->run.job;
        if (job->node_list[0] != '\0' && strcmp(job->node_list, list) != 0) {
            list = job->node_list;
            enum pt_status status = look_for_names(merging, list, &listed);
            if (status != PT_OK)
                return status;
        }
        if (job->key[0] == '\0' || strcmp(job->key, key) == 0 || listed)
            continue; // names tell more than their number
        key = job->key;
        int64_t nameless = job->node_count - machines_of(merging, key) - merge->missing_count;
        if (nameless > merge->nameless_missing)
            merge->nameless_missing = nameless;
    }
    return PT_OK;
}

// -------------------------------------------------------------------------------------- attempts
static struct pt_merge_attempt *attempt_of(struct pt_merge *merge, int64_t attempt)
{
    for (int64_t i = 0; i < merge->attempt_count; i++)
        if (merge->attempts[i].attempt == attempt)
            return &merge->attempts[i];
    merge->attempts[merge->attempt_count] =
        (struct pt_merge_attempt){.attempt = attempt, .joules = {0, 0, 0, PT_EXACT}};
    return &merge->attempts[merge->attempt_count++];
}

static int by_attempt(const void *a, const void *b)
{
    const struct pt_merge_attempt *left = a, *right = b;
    return (left->attempt > right->attempt) - (left->attempt < right->attempt);
}

static enum pt_status count_attempts(struct merging *merging)
{
    struct pt_merge *merge = &merging->merge;
    merge->attempts =
        pt_arena_alloc(merging->arena, (size_t)merging->part_count, sizeof *merge->attempts);
    if (merge->attempts == NULL)
        return no_memory(merging);
    for (int64_t i = 0; i < merging->part_count; i++) {
        const struct pt_record_part *part = &merging->parts[i];
        const struct pt_record_entry *entry = part->entry;
        struct pt_merge_attempt *attempt = attempt_of(merge, entry->run.job.attempt);
        attempt->run_count++;
        attempt->unfinished_count += !entry->ended || entry->end.exit_status != 0;
        if (!part->inside && pt_quantity_known(entry->last.joules))
            attempt->joules =
                pt_quantity_sum(attempt->joules, pt_record_part_quantity(part, part->joules));
    }
    qsort(merge->attempts, (size_t)merge->attempt_count, sizeof *merge->attempts, by_attempt);
    return PT_OK;
}

enum pt_status pt_merge_make(struct pt_arena *arena, const struct pt_record_set *set,
                             const char *group, struct pt_merge *ret_merge, struct pt_error *error)
{
    struct merging merging = {.arena = arena, .set = set, .error = error};
    enum pt_status status = take_parts(&merging, group);
    if (status == PT_OK)
        status = merge_nodes(&merging);
    if (status == PT_OK)
        status = look_for_missing(&merging);
    if (status == PT_OK)
        status = count_attempts(&merging);
    if (status != PT_OK)
        return status;
    struct pt_merge *merge = &merging.merge;
    sum_nodes(merge);
    merge->complete =
        merge->missing_count == 0 && merge->nameless_missing == 0 && merge->unknown_count == 0;
    *ret_merge = *merge;
    return PT_OK;
}
