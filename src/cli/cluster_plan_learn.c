// Plans of a cluster learn from metered runs on such hardware, and a metered run learns its plan.

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/cluster_plan.h"
#include "ledger/lesson.h"
#include "plan/evaluate.h"
#include "plan/residual.h"

static const double deviations_of_90 = 1.645; // of a normal distribution, to each side

static bool uses_ledger(const struct pt_cluster_plan *plan)
{
    const char *path = plan->texts->ledger;
    return path == NULL || strcmp(path, "none") != 0;
}

static struct pt_lesson key_of(const struct pt_cluster_plan *plan,
                               const struct pt_plan_request *request)
{
    return (struct pt_lesson){
        .hardware = request->cluster.accelerator->name,
        .framework = pt_framework_text(request->layout.framework),
        .format = pt_format_text(request->layout.format),
        .model = plan->workload->name,
    };
}

// ------------------------------------------------------------------------------- what runs taught
// Published runs say what is likely, with their spread; own runs are laid on top of that.
static enum pt_status calibrate(struct pt_cluster_plan *plan,
                                const struct pt_experience_run *learned, int64_t count,
                                struct pt_error *error)
{
    struct pt_plan_request *asked = &plan->asked;
    struct pt_residual_class class_of =
        pt_residual_class_of(plan->workload, &asked->cluster, &asked->layout);
    struct pt_residual residual = pt_time_residual(&class_of, asked->knowledge);
    struct pt_experience_run *runs = pt_arena_alloc(plan->arena, (size_t)count, sizeof *runs);
    char *source = pt_arena_alloc(plan->arena, 128, 1);
    if (runs == NULL || source == NULL)
        return pt_fail(error, PT_NO_MEMORY, "out of memory");
    for (int64_t i = 0; i < count; i++)
        runs[i] =
            (struct pt_experience_run){learned[i].ratio / residual.factor, learned[i].same_network};
    double prior_error = sqrt(residual.high / residual.low) - 1;
    struct pt_experience experience = pt_experience_of(runs, count, prior_error);
    if (experience.run_count == 1) // one run shows no scatter of its own, so it adds no doubt
        experience.relative_error = fmin(experience.relative_error, prior_error);
    snprintf(source, 128, "%d metered run%s on %.24s with %s and published runs of the kind",
             experience.run_count, experience.run_count == 1 ? "" : "s",
             asked->cluster.accelerator->name, pt_framework_text(asked->layout.framework));
    asked->calibration.time_factor = residual.factor * experience.factor;
    asked->calibration.time_spread = log1p(experience.relative_error) / deviations_of_90;
    asked->calibration.source = source;
    return PT_OK;
}

// A search over several kinds of hardware, formats or frameworks compares them by the same
// knowledge: none.
static bool may_learn(const struct pt_cluster_plan *plan)
{
    if (!plan->asked.fixes.framework && plan->workload->heads > 0 &&
        plan->asked.cluster.accelerator->kind != PT_HARDWARE_TPU)
        return false;
    return uses_ledger(plan) && plan->options.cluster_count <= 1 &&
           plan->options.format_count <= 1 && !(plan->asked.measured_step_seconds > 0) &&
           isnan(plan->mfu) && plan->texts->measured_run == 0;
}

enum pt_status pt_cluster_plan_learn(struct pt_cluster_plan *plan, struct pt_error *error)
{
    struct pt_experience_run *runs;
    struct pt_ledger *ledger;
    int64_t count = 0;
    if (!may_learn(plan))
        return PT_OK;
    enum pt_status status = pt_ledger_open_existing(plan->texts->ledger, &ledger, error);
    if (status == PT_OK) {
        struct pt_lesson key = key_of(plan, &plan->asked);
        status = pt_ledger_lessons(ledger, plan->arena, &key, &runs, &count, error);
        pt_ledger_close(ledger);
    }
    if (status == PT_OK)
        return count > 0 ? calibrate(plan, runs, count, error) : PT_OK;
    if (plan->texts->ledger != NULL)
        return status;
    if (status != PT_NOT_FOUND)
        fprintf(stderr, "powertrain: warning: %s; the plan learns nothing from earlier runs\n",
                error->message);
    return PT_OK;
}

// --------------------------------------------------------------------------- what a run measured
// Set-up, evaluation and checkpoints are in the run's other losses, not in its steps.
static double step_seconds_of(const struct pt_run_record *record)
{
    static const char *const others[] = {"setup",      "set-up",      "warm-up", "evaluation",
                                         "checkpoint", "checkpoints", NULL};
    double seconds = 0;
    for (int i = 0; i < record->bill.row_count; i++) {
        const struct pt_bill_row *row = &record->bill.rows[i];
        int k = 0;
        while (others[k] != NULL && strcmp(others[k], row->label) != 0)
            k++;
        if (others[k] == NULL && pt_quantity_known(row->seconds))
            seconds += row->seconds.value;
    }
    return seconds > 0 ? seconds : record->duration_seconds;
}

static enum pt_status check_measured_run(const struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    if (texts->measured_run < 0 || !uses_ledger(plan))
        return pt_fail(error, PT_USAGE, "--measured-run is the number of a run in the ledger");
    if (texts->measured_step_time != NULL || !isnan(plan->mfu))
        return pt_fail(error, PT_USAGE,
                       "--measured-run excludes --measured-step-time and --mfu: it measures them");
    if (texts->layout == NULL || texts->tokens == NULL || texts->batch == NULL ||
        plan->options.cluster_count > 1 || plan->options.format_count > 1)
        return pt_fail(error, PT_USAGE,
                       "--measured-run needs what was run: --layout, --batch and --tokens with it, "
                       "and one kind of hardware and precision");
    return PT_OK;
}

enum pt_status pt_cluster_plan_read_run(struct pt_cluster_plan *plan, struct pt_error *error)
{
    struct pt_plan_request *asked = &plan->asked;
    struct pt_run_record record;
    struct pt_ledger *ledger;
    if (plan->texts->measured_run == 0)
        return PT_OK;
    enum pt_status status = check_measured_run(plan, error);
    if (status == PT_OK)
        status = pt_ledger_open_existing(plan->texts->ledger, &ledger, error);
    if (status != PT_OK)
        return status;
    status = pt_ledger_run(ledger, plan->arena, plan->texts->measured_run, &record, error);
    pt_ledger_close(ledger);
    if (status != PT_OK)
        return status;
    double steps = asked->tokens / plan->workload->tokens / asked->global_batch;
    asked->measured_step_seconds = step_seconds_of(&record) / fmax(1, ceil(steps));
    if (asked->measured_step_seconds > 0)
        return PT_OK;
    return pt_fail(error, PT_BAD_INPUT, "run %" PRId64 " has no seconds", record.id);
}

enum pt_status pt_cluster_plan_teach(const struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_plan_request *request = &plan->request;
    char layout[PT_LAYOUT_TEXT_SIZE];
    struct pt_ledger *ledger;
    if (plan->texts->measured_run == 0)
        return PT_OK;
    struct pt_lesson lesson = key_of(plan, request);
    lesson.layout = pt_layout_text(&plan->plan.layout, layout);
    lesson.devices = pt_layout_devices(&plan->plan.layout);
    lesson.measured_step_seconds = request->measured_step_seconds;
    lesson.modelled_step_seconds = request->measured_step_seconds / plan->plan.time_factor;
    enum pt_status status = pt_ledger_open(plan->texts->ledger, &ledger, error);
    if (status != PT_OK)
        return status;
    status = pt_ledger_teach(ledger, plan->texts->measured_run, &lesson, error);
    pt_ledger_close(ledger);
    return status;
}
