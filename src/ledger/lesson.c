// Lessons stand in the column of plans, under a key of their own, and SQLite finds them there.

#include "ledger/lesson.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_writer.h"
#include "ledger/store.h"

enum { LESSONS_MAX = 30 };

// json_extract fails on what is no JSON, and SQLite may ask in any order: hence CASE.
#define OF_LESSON(KEY)                                                                             \
    "CASE WHEN json_valid(plan_json) THEN json_extract(plan_json, '$.lesson." KEY "') END"
// clang-format off
static const char lessons[] =
    "SELECT " OF_LESSON("model") ", " OF_LESSON("modelled_step_seconds") ", "
    OF_LESSON("measured_step_seconds") " FROM runs WHERE kind = 'meter'"
    " AND " OF_LESSON("hardware") " = ?1 AND " OF_LESSON("framework") " = ?2"
    " AND " OF_LESSON("format") " = ?3 ORDER BY id DESC LIMIT ?4";
// clang-format on

static bool is_positive(double seconds)
{
    return seconds > 0 && isfinite(seconds);
}

static void write_lesson(struct pt_json_writer *writer, const void *object)
{
    const struct pt_lesson *lesson = object;
    pt_json_object(writer, NULL);
    pt_json_object(writer, "lesson");
    pt_json_string(writer, "hardware", lesson->hardware);
    pt_json_string(writer, "framework", lesson->framework);
    pt_json_string(writer, "format", lesson->format);
    pt_json_string(writer, "model", lesson->model);
    pt_json_string(writer, "layout", lesson->layout);
    pt_json_number(writer, "devices", lesson->devices);
    pt_json_number(writer, "modelled_step_seconds", lesson->modelled_step_seconds);
    pt_json_number(writer, "measured_step_seconds", lesson->measured_step_seconds);
    pt_json_end_object(writer);
    pt_json_end_object(writer);
}

static enum pt_status check_run(struct pt_ledger *ledger, int64_t id, struct pt_error *error)
{
    struct pt_run_record record;
    struct pt_arena *arena = pt_arena_create();
    if (arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", pt_ledger_path(ledger));
    enum pt_status status = pt_ledger_run(ledger, arena, id, &record, error);
    if (status == PT_OK &&
        (strcmp(record.kind, "meter") != 0 || strcmp(record.status, "finished") != 0))
        status = pt_fail(error, PT_BAD_INPUT,
                         "run %" PRId64 " is a %s that is %s: only what powertrain meter measured "
                         "to its end teaches the plan of a cluster",
                         id, record.kind, record.status);
    pt_arena_destroy(arena);
    return status;
}

static enum pt_status write_plan(struct pt_ledger *ledger, int64_t id, const char *json,
                                 struct pt_error *error)
{
    sqlite3_stmt *update;
    enum pt_status status =
        pt_ledger_prepare(ledger, "UPDATE runs SET plan_json = ?1 WHERE id = ?2", &update, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_text(update, 1, json, -1, SQLITE_STATIC);
    sqlite3_bind_int64(update, 2, id);
    status = pt_ledger_step(ledger, update, error);
    sqlite3_finalize(update);
    return status;
}

enum pt_status pt_ledger_teach(struct pt_ledger *ledger, int64_t id, const struct pt_lesson *lesson,
                               struct pt_error *error)
{
    if (!is_positive(lesson->modelled_step_seconds) || !is_positive(lesson->measured_step_seconds))
        return pt_fail(error, PT_BAD_INPUT,
                       "run %" PRId64 ": steps of %g s, modelled as %g s, teach nothing", id,
                       lesson->measured_step_seconds, lesson->modelled_step_seconds);
    enum pt_status status = check_run(ledger, id, error);
    if (status != PT_OK)
        return status;
    size_t length;
    char *json = pt_json_text(write_lesson, lesson, false, &length);
    if (json == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", pt_ledger_path(ledger));
    status = write_plan(ledger, id, json, error);
    free(json);
    return status;
}

enum pt_status pt_ledger_lessons(struct pt_ledger *ledger, struct pt_arena *arena,
                                 const struct pt_lesson *key, struct pt_experience_run **ret_runs,
                                 int64_t *ret_count, struct pt_error *error)
{
    int64_t count = 0;
    int code = SQLITE_DONE;
    sqlite3_stmt *row;
    struct pt_experience_run *runs = pt_arena_alloc(arena, LESSONS_MAX, sizeof *runs);
    if (runs == NULL)
        return pt_fail(error, PT_NO_MEMORY, "%s: out of memory", pt_ledger_path(ledger));
    enum pt_status status = pt_ledger_prepare(ledger, lessons, &row, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_text(row, 1, key->hardware, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 2, key->framework, -1, SQLITE_STATIC);
    sqlite3_bind_text(row, 3, key->format, -1, SQLITE_STATIC);
    sqlite3_bind_int64(row, 4, LESSONS_MAX);
    while (count < LESSONS_MAX && (code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *model = (const char *)sqlite3_column_text(row, 0);
        double modelled = pt_ledger_real(row, 1), measured = pt_ledger_real(row, 2);
        if (is_positive(modelled) && is_positive(measured))
            runs[count++] = (struct pt_experience_run){
                measured / modelled, model != NULL && strcmp(model, key->model) == 0};
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = pt_ledger_fail(ledger, error, "cannot read what runs taught");
    sqlite3_finalize(row);
    if (status != PT_OK)
        return status;
    *ret_runs = runs;
    *ret_count = count;
    return PT_OK;
}
