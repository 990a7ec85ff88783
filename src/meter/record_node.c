// The union of the records of one machine.

#include "meter/record_node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "meter/record_curve.h"
#include "sensor/containment.h"

// A channel of one record that may speak for its device.
struct candidate {
    struct pt_record_part *part;
    int channel;
};

struct piece {
    struct pt_arena *arena;
    bool out_of_memory;
    int64_t from_ns, to_ns;
    int64_t date_ns;                // of the machine's monotonic clock at 0
    int64_t first_slot;             // of this piece
    struct pt_record_part **active; // that cover all of it
    int64_t active_count;
    struct candidate *candidates, *chosen;
    int64_t candidate_count;
    int chosen_count;
};

static const struct pt_record_channel *channel_of(const struct candidate *candidate)
{
    return &candidate->part->entry->channels[candidate->channel];
}

// --------------------------------------------------------------------------- who counts a device
static int breadth(enum pt_channel_scope scope)
{
    int count = 0;
    for (int i = 0; i < PT_CHANNEL_SCOPES; i++)
        count += pt_scope_contains(scope, (enum pt_channel_scope)i);
    return count;
}

// Things of which a machine has several, each with a name that is the same for all who read it.
// All others of one scope are taken from one record, for two drivers may number them differently.
static bool has_names(enum pt_channel_scope scope)
{
    return scope == PT_CHANNEL_GPU || scope == PT_CHANNEL_GPU_CHIP ||
           scope == PT_CHANNEL_GPU_MEMORY || scope == PT_CHANNEL_NIC ||
           scope == PT_CHANNEL_STORAGE || scope == PT_CHANNEL_IO;
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

// Measured before modelled, the whole before its parts, then who counts the machine for the job,
// who missed less, and any order that is always the same.
static int by_preference(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    const struct pt_record_channel *x = channel_of(left), *y = channel_of(right);
    const struct pt_record_state *u = &left->part->entry->last, *v = &right->part->entry->last;
    int order = (x->provenance > PT_PUBLISHED) - (y->provenance > PT_PUBLISHED);
    if (order == 0)
        order = breadth(y->scope) - breadth(x->scope);
    if (order == 0)
        order = v->counts_machine - u->counts_machine;
    if (order == 0)
        order = compare_numbers(v->coverage, u->coverage);
    if (order == 0)
        order = strcmp(left->part->entry->run.uid, right->part->entry->run.uid);
    return order != 0 ? order : left->channel - right->channel;
}

// Whether both would count a joule; what is of one record was looked at by its sensor.
static bool is_same_energy(const struct candidate *a, const struct candidate *b)
{
    const struct pt_record_channel *x = channel_of(a), *y = channel_of(b);
    if (a->part == b->part)
        return false;
    if (x->scope == y->scope)
        return !has_names(x->scope) || strcmp(x->id, y->id) == 0;
    return pt_scope_contains(x->scope, y->scope) || pt_scope_contains(y->scope, x->scope);
}

static double channel_joules(const struct piece *piece, const struct candidate *candidate,
                             enum pt_record_quantity quantity)
{
    return pt_record_joules_between(candidate->part->entry, quantity, candidate->channel,
                                    piece->from_ns, piece->to_ns);
}

static void choose(struct piece *piece)
{
    piece->candidate_count = 0;
    piece->chosen_count = 0;
    for (int64_t i = 0; i < piece->active_count; i++)
        for (int c = 0; c < piece->active[i]->entry->channel_count; c++)
            piece->candidates[piece->candidate_count++] = (struct candidate){piece->active[i], c};
    if (piece->candidate_count > 1)
        qsort(piece->candidates, (size_t)piece->candidate_count, sizeof *piece->candidates,
              by_preference);
    for (int64_t i = 0; i < piece->candidate_count && piece->chosen_count < PT_MERGE_DEVICES_MAX;
         i++) {
        const struct candidate *candidate = &piece->candidates[i];
        bool counted = isnan(channel_joules(piece, candidate, PT_RECORD_CHANNEL_MACHINE));
        for (int k = 0; k < piece->chosen_count && !counted; k++)
            counted = is_same_energy(candidate, &piece->chosen[k]);
        if (!counted)
            piece->chosen[piece->chosen_count++] = *candidate;
    }
}

// --------------------------------------------------------------------------- what is ours of it
static double ratio(double ours, double machine)
{
    return machine > 0 && ours > 0 ? fmin(1, ours / machine) : 0;
}

// The share of the device that a record claims: by its own reading of it; else, if it knows the
// machine only as a whole or by another device of that kind, its share of all.
static double share_of(const struct piece *piece, struct pt_record_part *part,
                       const struct candidate *device)
{
    const struct pt_record_entry *entry = part->entry;
    const struct pt_record_channel *wanted = channel_of(device);
    bool knows_all = !has_names(wanted->scope);
    for (int c = 0; c < entry->channel_count; c++) {
        struct candidate own = {part, c};
        if (strcmp(entry->channels[c].id, wanted->id) == 0)
            return ratio(channel_joules(piece, &own, PT_RECORD_CHANNEL_OURS),
                         channel_joules(piece, &own, PT_RECORD_CHANNEL_MACHINE));
        knows_all = knows_all || pt_scope_contains(entry->channels[c].scope, wanted->scope);
    }
    if (!knows_all)
        return 0;
    return ratio(
        pt_record_joules_between(entry, PT_RECORD_OURS, 0, piece->from_ns, piece->to_ns),
        pt_record_joules_between(entry, PT_RECORD_MACHINE, 0, piece->from_ns, piece->to_ns));
}

static struct pt_merge_device *device_of(struct pt_merge_node *node,
                                         const struct pt_record_channel *channel)
{
    for (int i = 0; i < node->device_count; i++)
        if (strcmp(node->devices[i].id, channel->id) == 0)
            return &node->devices[i];
    if (node->device_count == PT_MERGE_DEVICES_MAX)
        return NULL;
    struct pt_merge_device *device = &node->devices[node->device_count++];
    *device = (struct pt_merge_device){.id = channel->id, .provenance = channel->provenance};
    return device;
}

// To the price of the time in which it was used.
static void add_slot(struct piece *piece, struct pt_merge_node *node,
                     const struct pt_record_part *part, int phase, double joules)
{
    const char *name = part->entry->phases[phase];
    struct pt_quantity more = pt_record_part_quantity(part, joules);
    for (int64_t i = piece->first_slot; i < node->slot_count; i++)
        if (strcmp(node->slots[i].phase, name) == 0) {
            node->slots[i].joules = pt_quantity_sum(node->slots[i].joules, more);
            return;
        }
    if (node->slot_count == node->slot_capacity) {
        int64_t capacity = node->slot_capacity > 0 ? 2 * node->slot_capacity : 64;
        struct pt_merge_slot *grown = pt_arena_alloc(piece->arena, (size_t)capacity, sizeof *grown);
        piece->out_of_memory = piece->out_of_memory || grown == NULL;
        if (grown == NULL)
            return;
        if (node->slot_count > 0)
            memcpy(grown, node->slots, (size_t)node->slot_count * sizeof *grown);
        node->slots = grown;
        node->slot_capacity = capacity;
    }
    node->slots[node->slot_count++] = (struct pt_merge_slot){
        piece->from_ns + piece->date_ns, piece->to_ns + piece->date_ns, name, more};
}

// Ours of the part in this piece goes to its phases as the record has them, and all of it.
static void give_phases(struct piece *piece, struct pt_merge_node *node,
                        struct pt_record_part *part, double joules)
{
    const struct pt_record_entry *entry = part->entry;
    double phases[PT_PHASES_MAX], sum = 0;
    part->joules += joules;
    for (int i = 0; i < entry->phase_count; i++) {
        phases[i] =
            pt_record_joules_between(entry, PT_RECORD_PHASE, i, piece->from_ns, piece->to_ns);
        phases[i] = phases[i] > 0 ? phases[i] : 0; // also if it is unknown
        sum += phases[i];
    }
    for (int i = 0; i < entry->phase_count; i++) {
        double more = sum > 0 ? joules * phases[i] / sum : i == 0 ? joules : 0;
        part->phase_joules[i] += more;
        if (more > 0)
            add_slot(piece, node, part, i, more);
    }
}

static void count_device(struct piece *piece, const struct candidate *chosen,
                         struct pt_merge_node *node)
{
    struct pt_merge_device *device = device_of(node, channel_of(chosen));
    double joules = channel_joules(piece, chosen, PT_RECORD_CHANNEL_MACHINE), shares = 0;
    if (device == NULL)
        return;
    for (int64_t i = 0; i < piece->active_count; i++)
        shares += share_of(piece, piece->active[i], chosen);
    double scale = shares > 1 ? 1 / shares : 1;
    device->machine_joules += joules;
    device->our_joules += joules * shares * scale;
    node->machine_joules.value += joules;
    node->claimed_twice_joules += joules * fmax(0, shares - 1);
    for (int64_t i = 0; i < piece->active_count; i++)
        give_phases(piece, node, piece->active[i],
                    joules * scale * share_of(piece, piece->active[i], chosen));
}

// ------------------------------------------------------------------------------------ the pieces
static int by_time(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static bool is_counted(const struct pt_record_part *part)
{
    return !part->inside && part->entry->has_state && part->entry->point_count > 0;
}

static void count_pieces(struct pt_record_part *parts, int64_t part_count, const int64_t *times,
                         int64_t time_count, struct piece *piece, struct pt_merge_node *node)
{
    for (int64_t t = 0; t + 1 < time_count; t++) {
        piece->from_ns = times[t];
        piece->to_ns = times[t + 1];
        piece->active_count = 0;
        for (int64_t i = 0; i < part_count; i++)
            if (is_counted(&parts[i]) &&
                parts[i].entry->last.start_monotonic_ns <= piece->from_ns &&
                parts[i].entry->last.monotonic_ns >= piece->to_ns)
                piece->active[piece->active_count++] = &parts[i];
        if (piece->active_count == 0 || piece->to_ns == piece->from_ns)
            continue;
        node->seconds +=
            (double)(piece->to_ns - piece->from_ns) / (double)PT_NANOSECONDS_PER_SECOND;
        piece->first_slot = node->slot_count;
        choose(piece);
        for (int i = 0; i < piece->chosen_count; i++)
            count_device(piece, &piece->chosen[i], node);
    }
}

// The beginnings and ends of the records, and every quarter of an hour between the first and the
// last, at which prices may change; NULL without memory. Of years the quarters are left out.
static int64_t *times_of(struct pt_arena *arena, const struct pt_record_part *parts,
                         int64_t part_count, int64_t date_ns, int64_t *ret_count)
{
    const int64_t quarter_ns = 900 * PT_NANOSECONDS_PER_SECOND, quarters_max = 100000;
    int64_t first_ns = INT64_MAX, last_ns = 0, count = 0, quarters = 0;
    for (int64_t i = 0; i < part_count; i++)
        if (is_counted(&parts[i])) {
            const struct pt_record_state *last = &parts[i].entry->last;
            if (last->start_monotonic_ns < first_ns)
                first_ns = last->start_monotonic_ns;
            if (last->monotonic_ns > last_ns)
                last_ns = last->monotonic_ns;
        }
    if (last_ns > first_ns)
        quarters = (last_ns - first_ns) / quarter_ns + 1;
    if (quarters > quarters_max)
        quarters = 0;
    int64_t *times = pt_arena_alloc(arena, (size_t)(2 * part_count + quarters), sizeof *times);
    if (times == NULL)
        return NULL;
    for (int64_t i = 0; i < part_count; i++)
        if (is_counted(&parts[i])) {
            times[count++] = parts[i].entry->last.start_monotonic_ns;
            times[count++] = parts[i].entry->last.monotonic_ns;
        }
    if (quarters > 0) {
        int64_t time = first_ns + quarter_ns - (first_ns + date_ns) % quarter_ns;
        for (; time < last_ns; time += quarter_ns)
            times[count++] = time;
    }
    if (count > 0)
        qsort(times, (size_t)count, sizeof *times, by_time);
    *ret_count = count;
    return times;
}

// The date of the newest line less its monotonic time; a date that was set meanwhile moves prices,
// and no joules.
static int64_t date_of(const struct pt_record_part *parts, int64_t part_count)
{
    const struct pt_record_state *newest = NULL;
    for (int64_t i = 0; i < part_count; i++)
        if (is_counted(&parts[i]) &&
            (newest == NULL || parts[i].entry->last.monotonic_ns > newest->monotonic_ns))
            newest = &parts[i].entry->last;
    return newest != NULL && newest->realtime_ns > newest->monotonic_ns
               ? newest->realtime_ns - newest->monotonic_ns
               : 0;
}

static enum pt_status merge_pieces(struct pt_arena *arena, struct pt_record_part *parts,
                                   int64_t part_count, struct pt_merge_node *node,
                                   struct pt_error *error)
{
    size_t channel_count = 0, count = (size_t)part_count;
    int64_t time_count = 0;
    for (int64_t i = 0; i < part_count; i++)
        channel_count += (size_t)parts[i].entry->channel_count;
    struct piece piece = {
        .arena = arena,
        .date_ns = date_of(parts, part_count),
        .active = pt_arena_alloc(arena, count, sizeof(void *)),
        .candidates = pt_arena_alloc(arena, channel_count + 1, sizeof(struct candidate)),
        .chosen = pt_arena_alloc(arena, PT_MERGE_DEVICES_MAX, sizeof(struct candidate)),
    };
    int64_t *times = times_of(arena, parts, part_count, piece.date_ns, &time_count);
    if (times == NULL || piece.active == NULL || piece.candidates == NULL || piece.chosen == NULL)
        return pt_fail(error, PT_NO_MEMORY, "merge: out of memory");
    count_pieces(parts, part_count, times, time_count, &piece, node);
    return piece.out_of_memory ? pt_fail(error, PT_NO_MEMORY, "merge: out of memory") : PT_OK;
}

// -------------------------------------------------------------------------------------- the sums
struct pt_merge_phase *pt_merge_phase_of(struct pt_merge_phase *phases, int *count,
                                         const char *name)
{
    for (int i = 0; i < *count; i++)
        if (strcmp(phases[i].name, name) == 0)
            return &phases[i];
    if (*count == PT_MERGE_PHASES_MAX) {
        phases[*count - 1].name = "other";
        return &phases[*count - 1];
    }
    phases[*count] = (struct pt_merge_phase){.name = name, .joules = {0, 0, 0, PT_EXACT}};
    return &phases[(*count)++];
}

struct pt_quantity pt_record_part_quantity(const struct pt_record_part *part, double joules)
{
    struct pt_quantity whole = part->entry->last.joules;
    if (!pt_quantity_known(whole))
        return pt_quantity_missing();
    if (!(whole.value > 0))
        return (struct pt_quantity){joules, 0, joules + whole.high, whole.provenance};
    return (struct pt_quantity){joules, joules * (whole.low / whole.value),
                                joules * (whole.high / whole.value), whole.provenance};
}

static void sum_phases(const struct pt_record_part *part, struct pt_merge_node *node)
{
    const struct pt_record_entry *entry = part->entry;
    for (int i = 0; i < entry->phase_count; i++) {
        struct pt_merge_phase *phase =
            pt_merge_phase_of(node->phases, &node->phase_count, entry->phases[i]);
        phase->joules =
            pt_quantity_sum(phase->joules, pt_record_part_quantity(part, part->phase_joules[i]));
        for (int k = 0; k < entry->last.phase_count; k++)
            if (strcmp(entry->last.phases[k].name, entry->phases[i]) == 0)
                phase->seconds = fmax(phase->seconds, entry->last.phases[k].seconds);
    }
}

static void see_times(const struct pt_record_state *last, struct pt_merge_node *node)
{
    int64_t start_ns = last->realtime_ns - (last->monotonic_ns - last->start_monotonic_ns);
    if (node->start_realtime_ns == 0 || start_ns < node->start_realtime_ns)
        node->start_realtime_ns = start_ns;
    if (last->realtime_ns > node->end_realtime_ns)
        node->end_realtime_ns = last->realtime_ns;
}

// The machine is as unsure as the widest of the records says.
static void widen_machine(const struct pt_record_part *parts, int64_t part_count,
                          struct pt_merge_node *node)
{
    double low = 1, high = 1;
    struct pt_quantity *machine = &node->machine_joules;
    machine->provenance = PT_EXACT;
    for (int64_t i = 0; i < part_count; i++) {
        struct pt_quantity said = parts[i].entry->last.machine_joules;
        if (!is_counted(&parts[i]) || !pt_quantity_known(said))
            continue;
        if (said.provenance > machine->provenance)
            machine->provenance = said.provenance;
        if (said.value > 0) {
            low = fmin(low, said.low / said.value);
            high = fmax(high, said.high / said.value);
        }
    }
    machine->low = machine->value * low;
    machine->high = machine->value * high;
    if (node->device_count == 0)
        *machine = pt_quantity_missing();
}

enum pt_status pt_record_node_merge(struct pt_arena *arena, struct pt_record_part *parts,
                                    int64_t part_count, struct pt_merge_node *ret_node,
                                    struct pt_error *error)
{
    struct pt_merge_node *node = ret_node;
    node->joules = (struct pt_quantity){0, 0, 0, PT_EXACT};
    enum pt_status status = merge_pieces(arena, parts, part_count, node, error);
    if (status != PT_OK)
        return status;
    for (int64_t i = 0; i < part_count; i++) {
        const struct pt_record_part *part = &parts[i];
        node->run_count++;
        node->inside_count += part->inside;
        if (part->entry->has_state)
            see_times(&part->entry->last, node);
        if (part->inside)
            continue;
        if (!is_counted(part) || !pt_quantity_known(part->entry->last.joules)) {
            node->unknown_count++;
            continue;
        }
        node->joules = pt_quantity_sum(node->joules, pt_record_part_quantity(part, part->joules));
        sum_phases(part, node);
    }
    if (node->unknown_count + node->inside_count == node->run_count)
        node->joules = pt_quantity_missing();
    widen_machine(parts, part_count, node);
    return PT_OK;
}
