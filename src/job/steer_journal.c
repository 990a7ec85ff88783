// See steer_journal.h.

#include "job/steer_journal.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_writer.h"
#include "base/node.h"

enum { VERSION = 1, PATH_SIZE = 4096 };
static const size_t size_limit = 64 << 20;

const char *const pt_run_doings[] = {"waiting", "running", "suspended", NULL};

enum pt_status pt_run_folder(struct pt_arena *arena, const char **ret_folder,
                             struct pt_error *error)
{
    const char *base;
    enum pt_status status = pt_state_directory(arena, &base, error);
    if (status != PT_OK)
        return status;
    const char *folder = pt_arena_printf(arena, "%s/runs", base);
    if (folder == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the folder of the runs");
    status = pt_make_directories(folder, error);
    if (status == PT_OK && chmod(folder, 0700) != 0)
        status = pt_fail_errno(error, errno, "%s cannot be kept for its owner alone", folder);
    if (status == PT_OK)
        *ret_folder = folder;
    return status;
}

void pt_run_journal_close(struct pt_run_journal *journal)
{
    free(journal->deadline_text);
    free(journal->command_line);
    free(journal->intervals);
    *journal = (struct pt_run_journal){0};
}

// ---------------------------------------------------------------------------------------- adding
static bool goes_on(const struct pt_run_interval *last, const struct pt_run_interval *next,
                    int64_t slot_ns)
{
    return last->doing == next->doing && last->to_ns == next->from_ns &&
           last->joules.provenance == next->joules.provenance &&
           last->from_ns / slot_ns == (next->to_ns - 1) / slot_ns;
}

static double mean(double a, double a_weight, double b, double b_weight)
{
    if (isnan(a) || isnan(b))
        return isnan(a) ? b : a; // one of them came too late to be known
    double sum = a_weight + b_weight;
    return sum > 0 ? (a * a_weight + b * b_weight) / sum : b;
}

static void join(struct pt_run_interval *last, const struct pt_run_interval *next)
{
    double old = (double)(last->to_ns - last->from_ns), new = (double)(next->to_ns - next->from_ns);
    last->price = mean(last->price, old, next->price, new);
    last->carbon = mean(last->carbon, old, next->carbon, new);
    last->joules = pt_quantity_sum(last->joules, next->joules);
    last->to_ns = next->to_ns;
}

enum pt_status pt_run_journal_add(struct pt_run_journal *journal,
                                  const struct pt_run_interval *interval, int64_t slot_ns,
                                  struct pt_error *error)
{
    int64_t count = journal->interval_count;
    if (interval->to_ns <= interval->from_ns)
        return PT_OK;
    if (count > 0 && goes_on(&journal->intervals[count - 1], interval, slot_ns)) {
        join(&journal->intervals[count - 1], interval);
        return PT_OK;
    }
    if (count >= PT_RUN_INTERVALS_MAX)
        return pt_fail(error, PT_OVERFLOW, "the run has more than %d stretches",
                       PT_RUN_INTERVALS_MAX);
    if (count == journal->interval_capacity) {
        int64_t capacity = count == 0 ? 64 : 2 * count;
        void *grown = realloc(journal->intervals, (size_t)capacity * sizeof *journal->intervals);
        if (grown == NULL)
            return pt_fail(error, PT_NO_MEMORY, "no memory for %lld stretches",
                           (long long)capacity);
        journal->intervals = grown;
        journal->interval_capacity = capacity;
    }
    journal->intervals[journal->interval_count++] = *interval;
    return PT_OK;
}

// --------------------------------------------------------------------------------------- writing
static void write_interval(struct pt_json_writer *writer, const struct pt_run_interval *interval)
{
    pt_json_object(writer, NULL);
    pt_json_string(writer, "doing", pt_run_doings[interval->doing]);
    pt_json_integer(writer, "from_ns", interval->from_ns);
    pt_json_integer(writer, "to_ns", interval->to_ns);
    pt_json_quantity(writer, "joules", interval->joules);
    pt_json_number(writer, "price", interval->price);
    pt_json_number(writer, "carbon", interval->carbon);
    pt_json_end_object(writer);
}

static void write_journal(struct pt_json_writer *writer, const void *object)
{
    const struct pt_run_journal *journal = object;
    pt_json_object(writer, NULL);
    pt_json_integer(writer, "powertrain_run", VERSION);
    pt_json_string(writer, "id", journal->id);
    pt_json_string(writer, "uid", journal->uid);
    pt_json_bool(writer, "is_settled", journal->is_settled);
    pt_json_integer(writer, "begun_ns", journal->begun_ns);
    pt_json_integer(writer, "created_ns", journal->created_ns);
    pt_json_integer(writer, "deadline_ns", journal->deadline_ns);
    pt_json_integer(writer, "accounted_ns", journal->accounted_ns);
    pt_json_string(writer, "deadline", journal->deadline_text);
    pt_json_string(writer, "command", journal->command_line);
    pt_json_number(writer, "work_seconds", journal->work_seconds);
    pt_json_number(writer, "watts", journal->watts);
    pt_json_number(writer, "fraction", journal->fraction);
    pt_json_number(writer, "run_seconds", journal->run_seconds);
    pt_json_number(writer, "discarded_seconds", journal->discarded_seconds);
    pt_json_integer(writer, "suspension_count", journal->suspension_count);
    pt_json_integer(writer, "resume_count", journal->resume_count);
    pt_json_integer(writer, "out_offset", journal->out_offset);
    pt_json_integer(writer, "err_offset", journal->err_offset);
    pt_json_integer(writer, "next_change_ns", journal->next_change_ns);
    pt_json_bool(writer, "next_runs", journal->next_runs);
    pt_json_integer(writer, "finish_ns", journal->finish_ns);
    pt_json_array(writer, "intervals");
    for (int64_t i = 0; i < journal->interval_count; i++)
        write_interval(writer, &journal->intervals[i]);
    pt_json_end_array(writer);
    pt_json_end_object(writer);
}

char *pt_run_journal_write(const struct pt_run_journal *journal, size_t *ret_length)
{
    return pt_json_text(write_journal, journal, false, ret_length);
}

enum pt_status pt_run_journal_save(const char *folder, const struct pt_run_journal *journal,
                                   struct pt_error *error)
{
    char path[PATH_SIZE];
    size_t length;
    if (!pt_path_below(path, sizeof path, folder, "/%s.json", journal->id))
        return pt_fail(error, PT_BAD_INPUT, "%s: the path is too long", folder);
    char *text = pt_run_journal_write(journal, &length);
    if (text == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to write %s", path);
    enum pt_status status = pt_atomic_write_private(path, text, length, error);
    free(text);
    return status;
}

// --------------------------------------------------------------------------------------- reading
static enum pt_status get_text(const struct pt_node *root, const char *key, char *buffer,
                               size_t size, struct pt_error *error)
{
    const char *text = NULL;
    enum pt_status status = pt_node_get_string(root, key, PT_REQUIRED, &text, error);
    if (status == PT_OK && strlen(text) >= size)
        status = pt_node_fail(error, root, "%s is too long", key);
    if (status == PT_OK)
        memcpy(buffer, text, strlen(text) + 1);
    return status;
}

static enum pt_status get_copy(const struct pt_node *root, const char *key, char **ret_text,
                               struct pt_error *error)
{
    const char *text = NULL;
    enum pt_status status = pt_node_get_string(root, key, PT_REQUIRED, &text, error);
    if (status == PT_OK && (*ret_text = strdup(text)) == NULL)
        status = pt_fail(error, PT_NO_MEMORY, "no memory to read a run");
    return status;
}

// null is NAN.
static enum pt_status get_number(const struct pt_node *root, const char *key, double least,
                                 double *ret, struct pt_error *error)
{
    const struct pt_node *node = pt_node_find(root, key);
    *ret = NAN;
    if (node == NULL)
        return pt_node_fail(error, root, "missing key %s", key);
    return node->is_null ? PT_OK : pt_node_number(node, least, 1e15, ret, error);
}

static enum pt_status read_joules(const struct pt_node *node, struct pt_quantity *ret,
                                  struct pt_error *error)
{
    const char *provenance = NULL;
    if (node == NULL || node->kind != PT_NODE_MAPPING)
        return pt_node_fail(error, node, "joules are missing");
    enum pt_status status = pt_node_get_string(node, "provenance", PT_REQUIRED, &provenance, error);
    *ret = pt_quantity_missing();
    if (status != PT_OK || pt_provenance_parse(provenance) == PT_MISSING)
        return status;
    ret->provenance = pt_provenance_parse(provenance);
    status = pt_node_get_number(node, "value", PT_REQUIRED, 0, 1e15, &ret->value, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "low", PT_REQUIRED, 0, ret->value, &ret->low, error);
    if (status == PT_OK)
        status = pt_node_get_number(node, "high", PT_REQUIRED, ret->value, 1e16, &ret->high, error);
    return status;
}

static enum pt_status read_interval(const struct pt_node *node, int64_t after_ns,
                                    struct pt_run_interval *ret, struct pt_error *error)
{
    int doing = 0;
    enum pt_status status = pt_node_check_kind(node, PT_NODE_MAPPING, error);
    if (status != PT_OK)
        return status;
    const struct pt_node *word = pt_node_find(node, "doing");
    if (word == NULL || pt_node_find(node, "joules") == NULL)
        return pt_node_fail(error, node, "missing key doing or joules");
    status = pt_node_choice(word, pt_run_doings, &doing, error);
    ret->doing = (enum pt_run_doing)doing;
    if (status == PT_OK)
        status = pt_node_get_integer(node, "from_ns", PT_REQUIRED, after_ns, INT64_MAX,
                                     &ret->from_ns, error);
    if (status == PT_OK)
        status = pt_node_get_integer(node, "to_ns", PT_REQUIRED, ret->from_ns, INT64_MAX,
                                     &ret->to_ns, error);
    if (status == PT_OK)
        status = read_joules(pt_node_find(node, "joules"), &ret->joules, error);
    if (status == PT_OK)
        status = get_number(node, "price", -1e15, &ret->price, error);
    if (status == PT_OK)
        status = get_number(node, "carbon", -1e15, &ret->carbon, error);
    return status;
}

static enum pt_status read_intervals(const struct pt_node *root, struct pt_run_journal *journal,
                                     struct pt_error *error)
{
    const struct pt_node *list = pt_node_find(root, "intervals");
    if (list == NULL)
        return pt_node_fail(error, root, "missing key intervals");
    enum pt_status status = pt_node_check_kind(list, PT_NODE_SEQUENCE, error);
    if (status == PT_OK && list->count > PT_RUN_INTERVALS_MAX)
        status = pt_node_fail(error, list, "more than %d stretches", PT_RUN_INTERVALS_MAX);
    if (status != PT_OK)
        return status;
    journal->interval_capacity = list->count + 64;
    journal->intervals = calloc((size_t)journal->interval_capacity, sizeof *journal->intervals);
    if (journal->intervals == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a run");
    int64_t after_ns = 0;
    for (const struct pt_node *node = list->first; node != NULL && status == PT_OK;
         node = node->next) {
        struct pt_run_interval *interval = &journal->intervals[journal->interval_count];
        status = read_interval(node, after_ns, interval, error);
        after_ns = interval->to_ns;
        journal->interval_count += status == PT_OK;
    }
    return status;
}

static enum pt_status read_integers(const struct pt_node *root, struct pt_run_journal *journal,
                                    struct pt_error *error)
{
    const struct {
        const char *key;
        int64_t *value;
    } integers[] = {
        {"begun_ns", &journal->begun_ns},
        {"created_ns", &journal->created_ns},
        {"deadline_ns", &journal->deadline_ns},
        {"accounted_ns", &journal->accounted_ns},
        {"suspension_count", &journal->suspension_count},
        {"resume_count", &journal->resume_count},
        {"out_offset", &journal->out_offset},
        {"err_offset", &journal->err_offset},
        {"next_change_ns", &journal->next_change_ns},
        {"finish_ns", &journal->finish_ns},
    };
    const struct {
        const char *key;
        double *value;
    } numbers[] = {
        {"work_seconds", &journal->work_seconds},
        {"watts", &journal->watts},
        {"fraction", &journal->fraction},
        {"run_seconds", &journal->run_seconds},
        {"discarded_seconds", &journal->discarded_seconds},
    };
    enum pt_status status = PT_OK;
    for (size_t i = 0; i < sizeof integers / sizeof *integers && status == PT_OK; i++)
        status = pt_node_get_integer(root, integers[i].key, PT_REQUIRED, 0, INT64_MAX,
                                     integers[i].value, error);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == PT_OK; i++)
        status = get_number(root, numbers[i].key, 0, numbers[i].value, error);
    if (status == PT_OK && (isnan(journal->run_seconds) || isnan(journal->discarded_seconds)))
        status = pt_node_fail(error, root, "run_seconds or discarded_seconds is missing");
    return status;
}

static enum pt_status read_root(const struct pt_node *root, struct pt_run_journal *journal,
                                struct pt_error *error)
{
    int64_t version = 0;
    enum pt_status status = pt_node_check_kind(root, PT_NODE_MAPPING, error);
    if (status == PT_OK)
        status =
            pt_node_get_integer(root, "powertrain_run", PT_REQUIRED, 1, INT32_MAX, &version, error);
    if (status == PT_OK && version > VERSION)
        return pt_fail(error, PT_MISMATCH, "a newer powertrain wrote this run");
    if (status == PT_OK)
        status = get_text(root, "id", journal->id, sizeof journal->id, error);
    if (status == PT_OK)
        status = pt_job_check_id(journal->id, error);
    if (status == PT_OK)
        status = get_text(root, "uid", journal->uid, sizeof journal->uid, error);
    if (status == PT_OK)
        status = pt_node_get_bool(root, "is_settled", PT_REQUIRED, &journal->is_settled, error);
    if (status == PT_OK)
        status = pt_node_get_bool(root, "next_runs", PT_REQUIRED, &journal->next_runs, error);
    if (status == PT_OK)
        status = get_copy(root, "deadline", &journal->deadline_text, error);
    if (status == PT_OK)
        status = get_copy(root, "command", &journal->command_line, error);
    if (status == PT_OK)
        status = read_integers(root, journal, error);
    return status == PT_OK ? read_intervals(root, journal, error) : status;
}

enum pt_status pt_run_journal_parse(const char *text, size_t length, const char *name,
                                    struct pt_run_journal *ret_journal, struct pt_error *error)
{
    const struct pt_node *root;
    struct pt_run_journal journal = {0};
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read %s", name);
    enum pt_status status = pt_json_parse(arena, text, length, name, &root, error);
    if (status == PT_OK)
        status = read_root(root, &journal, error);
    pt_arena_destroy(arena);
    if (status == PT_OK)
        *ret_journal = journal;
    else
        pt_run_journal_close(&journal);
    return status;
}

// Nothing is thrown away: what cannot be read is renamed.
static enum pt_status put_aside(const char *path, struct pt_error *error)
{
    char aside[PATH_SIZE], reason[200];
    snprintf(reason, sizeof reason, "%.190s", error != NULL ? error->message : "");
    snprintf(aside, sizeof aside, "%.4000s.damaged-%lld", path,
             (long long)(pt_clock_realtime(&pt_system_clock) / 1000000000));
    if (rename(path, aside) != 0)
        return pt_fail_errno(error, errno, "%.200s is damaged and cannot be renamed", path);
    return pt_fail(error, PT_CORRUPT, "a damaged file of a run was renamed to %.200s: %s", aside,
                   reason);
}

enum pt_status pt_run_journal_load(const char *folder, const char *id,
                                   struct pt_run_journal *ret_journal, struct pt_error *error)
{
    char path[PATH_SIZE], *text;
    size_t length;
    struct pt_error inner = {PT_OK, ""};
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to read a run");
    enum pt_status status = PT_OK;
    if (!pt_path_below(path, sizeof path, folder, "/%s.json", id))
        status = pt_fail(&inner, PT_BAD_INPUT, "%s: the path is too long", folder);
    if (status == PT_OK)
        status = pt_file_read(arena, path, size_limit, &text, &length, &inner);
    if (status == PT_OK) {
        status = pt_run_journal_parse(text, length, path, ret_journal, &inner);
        if (status == PT_BAD_INPUT || status == PT_CORRUPT)
            status = put_aside(path, &inner);
    }
    pt_arena_destroy(arena);
    return status == PT_OK ? PT_OK : pt_fail(error, status, "%s", inner.message);
}
