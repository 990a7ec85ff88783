// The run as JSON.

#include "report/document.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"

bool pt_run_is_whole(const struct pt_run_record *record)
{
    return record->status != NULL && strcmp(record->status, "finished") == 0;
}

double pt_run_duration(const struct pt_run_record *record)
{
    bool running = record->end_realtime_ns == 0 && record->duration_seconds == 0;
    return running || !isfinite(record->duration_seconds) ? NAN : record->duration_seconds;
}

static enum pt_status parse(struct pt_arena *arena, const struct pt_run_record *record,
                            const char *what, const char *text, const struct pt_node **ret_node,
                            struct pt_error *error)
{
    const struct pt_node *node = NULL;
    struct pt_error cause = {.message = ""};
    if (text != NULL && text[0] != '\0') {
        enum pt_status status = pt_json_parse(arena, text, strlen(text), what, &node, &cause);
        if (status == PT_NO_MEMORY)
            return pt_fail(error, status, "%s", cause.message);
        if (status == PT_OK && node->kind != PT_NODE_MAPPING)
            status = pt_fail(&cause, PT_CORRUPT, "it is no JSON object");
        if (status != PT_OK)
            return pt_fail(error, PT_CORRUPT, "run %" PRId64 ": its %s cannot be read: %s",
                           record->id, what, cause.message);
    }
    *ret_node = node;
    return PT_OK;
}

enum pt_status pt_run_texts_parse(struct pt_arena *arena, const struct pt_run_record *record,
                                  struct pt_run_texts *ret_texts, struct pt_error *error)
{
    enum pt_status status =
        parse(arena, record, "plan", record->plan_json, &ret_texts->plan, error);
    if (status == PT_OK)
        status = parse(arena, record, "result", record->result_json, &ret_texts->result, error);
    return status;
}

// A number, or a quantity's value.
static bool scalar(const struct pt_node *node, double *ret_value)
{
    if (node != NULL && node->kind == PT_NODE_MAPPING)
        node = pt_node_find(node, "value");
    return node != NULL && node->kind == PT_NODE_SCALAR && !node->quoted && !node->is_null &&
           pt_parse_double(node->text, ret_value);
}

static bool find_number(const struct pt_node *root, const char *const *keys, double *ret_value)
{
    for (int k = 0; root != NULL && keys[k] != NULL; k++) {
        if (scalar(pt_node_find(root, keys[k]), ret_value))
            return true;
        for (const struct pt_node *group = root->first; group != NULL; group = group->next)
            if (group->kind == PT_NODE_MAPPING && scalar(pt_node_find(group, keys[k]), ret_value))
                return true;
    }
    return false;
}

double pt_run_number(const struct pt_run_texts *texts, const char *const *keys)
{
    double value;
    if (find_number(texts->result, keys, &value) || find_number(texts->plan, keys, &value))
        return value;
    return NAN;
}

static void copy_scalar(struct pt_json_writer *writer, const char *key, const struct pt_node *node)
{
    int64_t integer;
    double number;
    if (node->is_null)
        pt_json_null(writer, key);
    else if (node->quoted)
        pt_json_string(writer, key, node->text);
    else if (strcmp(node->text, "true") == 0 || strcmp(node->text, "false") == 0)
        pt_json_bool(writer, key, node->text[0] == 't');
    else if (pt_parse_int64(node->text, &integer))
        pt_json_integer(writer, key, integer);
    else if (pt_parse_double(node->text, &number))
        pt_json_number(writer, key, number);
    else
        pt_json_string(writer, key, node->text);
}

// The depth is bounded by the parser's.
static void copy(struct pt_json_writer *writer, const char *key, const struct pt_node *node)
{
    if (node == NULL) {
        pt_json_null(writer, key);
    } else if (node->kind == PT_NODE_SCALAR) {
        copy_scalar(writer, key, node);
    } else if (node->kind == PT_NODE_SEQUENCE) {
        pt_json_array(writer, key);
        for (const struct pt_node *child = node->first; child != NULL; child = child->next)
            copy(writer, NULL, child);
        pt_json_end_array(writer);
    } else {
        pt_json_object(writer, key);
        for (const struct pt_node *child = node->first; child != NULL; child = child->next)
            copy(writer, child->key, child);
        pt_json_end_object(writer);
    }
}

static void write_time(struct pt_json_writer *writer, const char *key, int64_t realtime_ns)
{
    char text[32];
    pt_json_string(writer, key, realtime_ns == 0 ? NULL : pt_format_time(realtime_ns, text));
}

static void write_bill(struct pt_json_writer *writer, const char *key, const struct pt_bill *bill,
                       bool present)
{
    if (present)
        pt_bill_write_json(bill, writer, key);
    else
        pt_json_null(writer, key);
}

void pt_run_write_json(struct pt_json_writer *writer, const struct pt_run_record *record,
                       const struct pt_run_texts *texts)
{
    char signature[24];
    snprintf(signature, sizeof signature, "%016" PRIx64, record->graph_signature);
    pt_json_integer(writer, "id", record->id);
    pt_json_string(writer, "kind", record->kind);
    pt_json_string(writer, "name", record->name);
    pt_json_string(writer, "command", record->command);
    pt_json_string(writer, "machine", record->machine);
    pt_json_string(writer, "sensor", record->sensor);
    pt_json_string(writer, "status", record->status);
    pt_json_string(writer, "graph_signature", record->graph_signature == 0 ? NULL : signature);
    write_time(writer, "start", record->start_realtime_ns);
    write_time(writer, "end", record->end_realtime_ns);
    pt_json_number(writer, "duration_seconds", pt_run_duration(record));
    if (record->end_realtime_ns == 0)
        pt_json_null(writer, "exit_status");
    else
        pt_json_integer(writer, "exit_status", record->exit_status);
    write_bill(writer, "prediction", &record->prediction, record->has_prediction);
    write_bill(writer, "bill", &record->bill, record->has_bill);
    copy(writer, "plan", texts->plan);
    copy(writer, "result", texts->result);
}

static void write_points(struct pt_json_writer *writer, const struct pt_report_run *run)
{
    pt_json_array(writer, "points");
    for (int64_t i = 0; i < run->point_count; i++) {
        const struct pt_progress_point *point = &run->points[i];
        pt_json_object(writer, NULL);
        pt_json_number(writer, "seconds", point->seconds);
        pt_json_integer(writer, "step", point->step);
        pt_json_integer(writer, "epoch", point->epoch);
        pt_json_number(writer, "loss", point->loss);
        pt_json_number(writer, "accuracy", point->accuracy);
        pt_json_bool(writer, "evaluation", point->evaluation);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

static void write_samples(struct pt_json_writer *writer, const struct pt_report_run *run)
{
    pt_json_array(writer, "samples");
    for (int64_t i = 0; i < run->sample_count; i++) {
        const struct pt_meter_sample *sample = &run->samples[i];
        pt_json_object(writer, NULL);
        pt_json_number(writer, "seconds", sample->seconds);
        pt_json_number(writer, "joules", sample->joules);
        pt_json_number(writer, "watts", sample->watts);
        pt_json_number(writer, "machine_watts", sample->machine_watts);
        pt_json_end_object(writer);
    }
    pt_json_end_array(writer);
}

enum pt_status pt_report_json(FILE *stream, const struct pt_report_run *run, struct pt_error *error)
{
    struct pt_json_writer writer;
    struct pt_run_texts texts;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "report: out of memory");

    enum pt_status status = pt_run_texts_parse(arena, run->record, &texts, error);
    if (status == PT_OK) {
        pt_json_begin(&writer, stream, true);
        pt_json_object(&writer, NULL);
        pt_run_write_json(&writer, run->record, &texts);
        write_points(&writer, run);
        write_samples(&writer, run);
        pt_json_end_object(&writer);
    }
    pt_arena_destroy(arena);
    return status;
}
