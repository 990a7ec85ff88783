// The run as JSON, and what other rooms' JSON texts in it say.
#ifndef PT_REPORT_DOCUMENT_H
#define PT_REPORT_DOCUMENT_H

#include "base/json_writer.h"
#include "base/node.h"
#include "report/report.h"

// The plan and the results of a run, parsed; NULL where the record has none.
struct pt_run_texts {
    const struct pt_node *plan, *result;
};

// PT_CORRUPT, with the run and the text named, if one of them is no JSON object.
enum pt_status pt_run_texts_parse(struct pt_arena *arena, const struct pt_run_record *record,
                                  struct pt_run_texts *ret_texts, struct pt_error *error);

// The number under one of the NULL-terminated keys, in the results first, then in the plan (also
// one level down, for a plan that groups its numbers); NAN if there is none. A quantity counts as
// its value.
double pt_run_number(const struct pt_run_texts *texts, const char *const *keys);

// Writes "id", "kind" ... "plan", "result" into the open object.
void pt_run_write_json(struct pt_json_writer *writer, const struct pt_run_record *record,
                       const struct pt_run_texts *texts);

// Whether the run has come to its end, so that its prediction can be judged.
bool pt_run_is_whole(const struct pt_run_record *record);
// NAN if it is not known.
double pt_run_duration(const struct pt_run_record *record);

#endif
