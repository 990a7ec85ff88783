// The options of a plan for a cluster, from texts to numbers.

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/units.h"
#include "cli/cluster_plan.h"
#include "plan/usual.h"

enum { ITEM_SIZE = 96 };
// --------------------------------------------------------------------------------------- numbers
static enum pt_status read_count(const char *option, const char *text, double *ret,
                                 struct pt_error *error)
{
    if (text == NULL || (pt_parse_count(text, ret) && *ret > 0))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "--%s %s: write a positive number, 15T for example", option,
                   text);
}

static enum pt_status read_duration(const char *option, const char *text, double *ret,
                                    struct pt_error *error)
{
    if (text == NULL || (pt_parse_duration(text, ret) && *ret > 0))
        return PT_OK;
    return pt_fail(error, PT_USAGE, "--%s %s: write a span of time, 13.2s or 30d", option, text);
}

static enum pt_status read_watts(const char *text, double *ret, struct pt_error *error)
{
    char number[ITEM_SIZE];
    size_t length = text == NULL ? 0 : strlen(text);
    if (text == NULL)
        return PT_OK;
    if (length > 0 && length < sizeof number) {
        memcpy(number, text, length + 1);
        if (number[length - 1] == 'W')
            number[length - 1] = '\0';
        if (pt_parse_double(number, ret) && *ret > 0)
            return PT_OK;
    }
    return pt_fail(error, PT_USAGE, "--measured-watts %s: write watts of one device, 640W", text);
}

// A batch of our choice can be divided among all devices: it is a power of 2 times the odd part of
// their number. Networks that only data parallelism divides need a sample for each.
static double divided_batch(const struct pt_cluster_plan *plan, double usual)
{
    int64_t devices = plan->clusters[0].count, odd = devices;
    while (odd % 2 == 0)
        odd /= 2;
    if (!plan->options.exact_count || plan->options.cluster_count > 1)
        return usual;
    if (plan->workload->heads == 0 && usual < (double)devices)
        return (double)devices;
    return (double)odd * exp2(fmax(0, round(log2(usual / (double)odd))));
}

static enum pt_status read_run(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    struct pt_plan_request *asked = &plan->asked;
    plan->tokens_given = texts->tokens != NULL;
    plan->batch_given = texts->batch != NULL;
    asked->tokens = pt_plan_usual_tokens(plan->workload);
    enum pt_status status = read_count("tokens", texts->tokens, &asked->tokens, error);
    asked->global_batch =
        divided_batch(plan, pt_plan_usual_batch_for(plan->workload, asked->tokens));
    if (status == PT_OK && texts->batch != NULL)
        status = pt_batch_parse(texts->batch, plan->workload, &asked->global_batch, error);
    if (status == PT_OK)
        status = read_count("evaluation-tokens", texts->evaluation_tokens,
                            &asked->evaluation_tokens, error);
    if (status == PT_OK && texts->optimizer != NULL)
        status = pt_plan_optimizer_parse(texts->optimizer, asked, error);
    return status;
}

static enum pt_status read_goodput(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    struct pt_goodput_options *goodput = &plan->asked.goodput;
    double mtbf = NAN;
    goodput->share = texts->goodput;
    goodput->other_loss = texts->other_loss;
    if (!isnan(texts->other_loss) && !(texts->other_loss >= 0 && texts->other_loss < 1))
        return pt_fail(error, PT_USAGE, "--other-loss %g: a share of the time, 0.1",
                       texts->other_loss);
    enum pt_status status = read_duration("mtbf", texts->mtbf, &mtbf, error);
    if (!isnan(mtbf))
        goodput->device_hours_between_failures = mtbf / PT_SECONDS_PER_HOUR;
    if (status == PT_OK)
        status = read_duration("checkpoint-time", texts->checkpoint_time,
                               &goodput->checkpoint_seconds, error);
    if (status == PT_OK)
        status =
            read_duration("restart-time", texts->restart_time, &goodput->restart_seconds, error);
    return status;
}

static enum pt_status read_money(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    struct pt_search_options *options = &plan->options;
    struct pt_budget budget = {NAN, NAN, NAN};
    enum pt_status status = PT_OK;
    struct pt_run_price_options *price = &plan->asked.price;
    price->tenure = texts->own ? PT_TENURE_OWN : PT_TENURE_RENT;
    price->rent_usd_per_hour = texts->rent;
    price->life_years = texts->life_years;
    price->use_share = texts->use_share;
    price->water_liters_per_kwh = texts->water;
    price->market_carbon_grams_per_kwh = texts->market_carbon;
    price->demand_charge_per_kw_month = texts->demand_charge;
    price->egress_bytes = texts->egress_gb * 1e9;
    for (int i = 0; i < texts->budgets.count && status == PT_OK; i++)
        status = pt_budget_parse(texts->budgets.texts[i], &budget, error);
    options->budget_usd = budget.usd;
    options->energy_budget_joules = budget.joules;
    options->carbon_budget_grams = budget.grams;
    options->deadline_seconds = NAN;
    if (status == PT_OK)
        status = read_duration("deadline", texts->deadline, &options->deadline_seconds, error);
    return status;
}

static enum pt_status read_measured(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    struct pt_plan_request *asked = &plan->asked;
    enum pt_status status = read_duration("measured-step-time", texts->measured_step_time,
                                          &asked->measured_step_seconds, error);
    if (status == PT_OK)
        status = read_watts(texts->measured_watts, &asked->measured_device_watts, error);
    plan->mfu = texts->mfu;
    if (status == PT_OK && !isnan(plan->mfu) && !(plan->mfu > 0.001 && plan->mfu < 1))
        status = pt_fail(error, PT_USAGE, "--mfu %g: a share of the dense peak, 0.4", plan->mfu);
    if (status == PT_OK && !isnan(plan->mfu) && texts->measured_step_time != NULL)
        status = pt_fail(error, PT_USAGE, "--mfu and --measured-step-time exclude each other");
    if (status == PT_OK && texts->measured_step_time != NULL &&
        (texts->layout == NULL || plan->options.cluster_count > 1))
        status = pt_fail(error, PT_USAGE,
                         "--measured-step-time is that of one layout: --layout tp=8,pp=1,mb=1 with "
                         "it, and one kind of hardware");
    return status;
}

// ------------------------------------------------------------------------------------ the layout
static enum pt_status add_format(struct pt_cluster_plan *plan, const char *item,
                                 struct pt_error *error)
{
    struct pt_search_options *options = &plan->options;
    enum pt_format format;
    if (!pt_format_parse(item, &format)) {
        const char *names[PT_FORMAT_COUNT + 1] = {NULL};
        for (int i = 0; i < PT_FORMAT_COUNT; i++)
            names[i] = pt_format_text((enum pt_format)i);
        const char *near = pt_nearest_word(item, names);
        return pt_fail(error, PT_BAD_INPUT,
                       "unknown precision \"%s\"%s%s%s; known: fp32, tf32, fp16, bf16, fp8, fp4",
                       item, near != NULL ? ", did you mean " : "", near != NULL ? near : "",
                       near != NULL ? "?" : "");
    }
    if (options->format_count == PT_FORMAT_COUNT)
        return pt_fail(error, PT_USAGE, "--precision names more than %d formats", PT_FORMAT_COUNT);
    options->formats[options->format_count++] = format;
    return PT_OK;
}

static enum pt_status read_layout(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    struct pt_plan_request *asked = &plan->asked;
    struct pt_layout *layout = &asked->layout;
    enum pt_status status = PT_OK;
    layout->format = pt_plan_usual_format(asked->cluster.accelerator);
    layout->framework = plan->workload->heads == 0 && //
                                asked->cluster.accelerator->kind != PT_HARDWARE_TPU
                            ? PT_FRAMEWORK_FSDP
                            : pt_plan_usual_framework(asked->cluster.accelerator);
    if (texts->precision != NULL)
        status = pt_cluster_plan_each(plan, "precision", texts->precision, add_format, error);
    if (plan->options.format_count > 0)
        layout->format = plan->options.formats[0];
    if (status == PT_OK && texts->framework != NULL) {
        status = pt_framework_parse(texts->framework, &layout->framework, error);
        asked->fixes.framework = true;
    }
    if (status != PT_OK || texts->layout == NULL)
        return status;
    plan->layout_given = true;
    status = pt_layout_parse(texts->layout, asked, error);
    // Who writes a layout leaves out what is 1.
    int32_t *ones[] = {&layout->tensor, &layout->pipeline, &layout->context,
                       &layout->virtual_stages};
    for (size_t i = 0; i < sizeof ones / sizeof *ones; i++)
        if (*ones[i] == 0)
            *ones[i] = 1;
    if (layout->microbatch > 0 && status == PT_OK && !plan->size_only)
        asked->knowledge = PT_KNOWS_LAYOUT;
    return status;
}

static enum pt_status read_objective(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const char *text = plan->texts->optimize;
    const char *names[PT_OBJECTIVE_COUNT + 1] = {NULL};
    plan->objective_given = text != NULL;
    for (int i = 0; i < PT_OBJECTIVE_COUNT; i++) {
        names[i] = pt_objective_text((enum pt_objective)i);
        if (text != NULL && strcasecmp(text, names[i]) == 0) {
            plan->options.objective = (enum pt_objective)i;
            return PT_OK;
        }
    }
    plan->options.objective = PT_OPTIMIZE_TIME;
    if (text == NULL)
        return PT_OK;
    const char *near = pt_nearest_word(text, names);
    return pt_fail(error, PT_USAGE,
                   "--optimize %s: cost (of electricity), energy, carbon, time or total%s%s%s",
                   text, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?" : "");
}

static enum pt_status read_teacher(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_workload *teacher;
    struct pt_cluster_plan_texts texts = *plan->texts;
    if (texts.teacher == NULL)
        return PT_OK;
    texts.lora = 0;
    texts.length = plan->workload->has_tokens ? (int64_t)plan->workload->tokens : 0;
    enum pt_status status =
        pt_cluster_plan_model(plan->arena, texts.teacher, &texts, &teacher, error);
    if (status == PT_OK)
        plan->asked.teacher_flop_per_token = teacher->forward_flop / teacher->tokens;
    return status;
}

enum pt_status pt_cluster_plan_read(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    static enum pt_status (*const steps[])(struct pt_cluster_plan *,
                                           struct pt_error *) = {pt_cluster_plan_hardware,
                                                                 pt_cluster_plan_regions,
                                                                 read_run,
                                                                 read_goodput,
                                                                 read_money,
                                                                 read_layout,
                                                                 read_measured,
                                                                 pt_cluster_plan_read_run,
                                                                 pt_cluster_plan_learn,
                                                                 read_objective,
                                                                 read_teacher};
    plan->asked = pt_plan_request_none();
    plan->asked.workload = plan->workload;
    plan->asked.repeats = texts->repeats;
    if (!isnan(texts->memory_reserve))
        plan->asked.memory_reserve_share = texts->memory_reserve;
    plan->asked.start_realtime_ns = pt_clock_realtime(&pt_system_clock);
    if (plan->size_only)
        plan->asked.knowledge = PT_KNOWS_SIZE;
    plan->options.threads = (int)texts->threads;
    enum pt_status status = PT_OK;
    if (texts->threads < 0 || texts->threads > 1024)
        status = pt_fail(error, PT_USAGE, "--threads is a whole number from 1 to 1024");
    for (size_t i = 0; i < sizeof steps / sizeof *steps && status == PT_OK; i++)
        status = steps[i](plan, error);
    return status;
}
