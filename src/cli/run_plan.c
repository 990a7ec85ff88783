// powertrain run --dry-run: the plan as a table, a picture of prices and slots, and what it saves.

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/table.h"
#include "base/units.h"
#include "cli/run_clock.h"
#include "cli/run_job.h"

enum { TEXT_SIZE = 64, COLUMNS = 72, ROWS_MAX = 40 };
static const int64_t fine_ns = 300 * PT_NANOSECONDS_PER_SECOND;
static const int64_t fine_horizon_ns = 15 * 86400 * PT_NANOSECONDS_PER_SECOND;

struct shown {
    struct pt_schedule_level level;
    struct pt_schedule_problem problem;
    struct pt_schedule_advice advice;
    const struct pt_schedule_plan *plan;
    bool has_money; // the watts are known
    int64_t known_until_ns;
};

// From the next full five minutes on, in slots so short that the plan may begin there.
static enum pt_status make_problem(struct pt_run_job *run, struct shown *shown,
                                   struct pt_error *error)
{
    const struct pt_steer_prices *ahead = &run->ahead;
    int64_t now_ns = pt_run_now(), deadline_ns = run->task.deadline_ns;
    int64_t slot_ns = deadline_ns - now_ns < fine_horizon_ns && ahead->slot_ns % fine_ns == 0
                          ? fine_ns
                          : ahead->slot_ns;
    int64_t start_ns = (now_ns + fine_ns - 1) / fine_ns * fine_ns;
    struct pt_steer_progress progress = {.fraction = NAN};
    int64_t reserve_ns =
        (int64_t)(pt_steer_reserve(&run->task, &progress) * (double)PT_NANOSECONDS_PER_SECOND);
    int64_t count = (deadline_ns - reserve_ns - start_ns) / slot_ns;
    if ((double)count * (double)slot_ns / (double)PT_NANOSECONDS_PER_SECOND <
        run->task.work_seconds)
        count = (deadline_ns - start_ns) / slot_ns; // it does not fit
    if (count < 1)
        count = 1;
    double *prices = pt_arena_alloc(run->arena, (size_t)count, sizeof *prices);
    if (prices == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a plan");
    for (int64_t i = 0; i < count; i++) {
        int64_t index = (start_ns + i * slot_ns - ahead->start_ns) / ahead->slot_ns;
        prices[i] = ahead->prices[index < ahead->count ? index : ahead->count - 1];
    }
    pt_steer_problem(&run->task, &progress, ahead, &shown->level, &shown->problem);
    shown->problem.slots = (struct pt_schedule_slots){
        .start_ns = start_ns, .slot_ns = slot_ns, .count = (int)count, .prices = prices};
    shown->has_money = isfinite(run->task.watts);
    shown->known_until_ns = ahead->start_ns + ahead->known_count * ahead->slot_ns;
    return pt_schedule_check(&shown->problem, error);
}

static const char *unit_of(const struct pt_run_job *run, char unit[TEXT_SIZE])
{
    const char *currency = run->prices.tariff.currency;
    switch (run->task.goal) {
    case PT_GOAL_CARBON:
        return "g/kWh";
    case PT_GOAL_ENERGY:
        return "kWh";
    case PT_GOAL_COST:
    case PT_GOAL_BOTH:
        break;
    }
    snprintf(unit, TEXT_SIZE, "%s/kWh", currency[0] != '\0' ? currency : "per");
    return unit;
}

static const char *amount(const struct pt_run_job *run, const struct shown *shown, double money,
                          char text[TEXT_SIZE])
{
    if (!shown->has_money)
        return "-";
    if (run->task.goal == PT_GOAL_CARBON)
        return pt_format_grams(money, text);
    if (run->task.goal == PT_GOAL_ENERGY)
        return pt_format_joules(money * PT_JOULES_PER_KWH, text);
    return pt_format_money(money, run->prices.tariff.currency, text);
}

// ------------------------------------------------------------------------------------ the picture
static double share_run(const struct pt_schedule_plan *plan, int64_t from_ns, int64_t to_ns)
{
    int64_t ran = 0;
    for (int i = 0; i < plan->segment_count; i++) {
        int64_t from = plan->segments[i].from_ns, to = plan->segments[i].to_ns;
        from = from > from_ns ? from : from_ns;
        to = to < to_ns ? to : to_ns;
        ran += to > from ? to - from : 0;
    }
    return (double)ran / (double)(to_ns - from_ns);
}

static double mean_price(const struct pt_schedule_slots *slots, int64_t from_ns, int64_t to_ns)
{
    int64_t first = (from_ns - slots->start_ns) / slots->slot_ns;
    int64_t last = (to_ns - slots->start_ns - 1) / slots->slot_ns;
    double sum = 0;
    last = last < slots->count ? last : slots->count - 1;
    if (first > last)
        first = last;
    for (int64_t i = first; i <= last; i++)
        sum += slots->prices[i];
    return sum / (double)(last - first + 1);
}

static void print_bars(const double *prices, int count, double low, double high)
{
    static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    for (int i = 0; i < count; i++) {
        int bar = high > low ? (int)((prices[i] - low) / (high - low) * 7.999) : 3;
        fputs(bars[bar], stdout);
    }
}

static void print_picture(const struct pt_run_job *run, const struct shown *shown)
{
    const struct pt_schedule_slots *slots = &shown->problem.slots;
    int64_t length_ns = slots->count * slots->slot_ns;
    int count = slots->count < COLUMNS ? slots->count : COLUMNS;
    double prices[COLUMNS], low = INFINITY, high = -INFINITY;
    char unit[TEXT_SIZE], from[TEXT_SIZE], to[TEXT_SIZE];
    for (int i = 0; i < count; i++) {
        int64_t begin = slots->start_ns + length_ns * i / count;
        prices[i] = mean_price(slots, begin, slots->start_ns + length_ns * (i + 1) / count);
        low = fmin(low, prices[i]);
        high = fmax(high, prices[i]);
    }
    printf("\n%-8s", "price");
    print_bars(prices, count, low, high);
    printf("  %.4g to %.4g %s\n%-8s", low, high, unit_of(run, unit), "runs");
    for (int i = 0; i < count; i++) {
        int64_t begin = slots->start_ns + length_ns * i / count;
        int64_t end = slots->start_ns + length_ns * (i + 1) / count;
        double ran = share_run(shown->plan, begin, end);
        fputs(ran > 0.75 ? "█" : ran > 0.02 ? "▌" : "·", stdout);
    }
    printf("\n%-8s%-*s%s\n", "", count > 24 ? count - 16 : 18,
           pt_run_format_time(slots->start_ns, from),
           pt_run_format_time(slots->start_ns + length_ns, to));
}

// -------------------------------------------------------------------------------------- the table
static void print_table(struct pt_run_job *run, const struct shown *shown)
{
    static const char *const headings[] = {"from", "to", ">for", ">mean price", ""};
    struct pt_table *table = pt_table_create(run->arena, headings, 5);
    const struct pt_schedule_plan *plan = shown->plan;
    for (int i = 0; table != NULL && i < plan->segment_count; i++) {
        char from[TEXT_SIZE], to[TEXT_SIZE], length[TEXT_SIZE], price[TEXT_SIZE];
        const struct pt_schedule_segment *segment = &plan->segments[i];
        snprintf(price, sizeof price, "%.4g",
                 mean_price(&shown->problem.slots, segment->from_ns, segment->to_ns));
        const char *cells[] = {
            pt_run_format_time(segment->from_ns, from), pt_run_format_time(segment->to_ns, to),
            pt_format_duration(
                (double)(segment->to_ns - segment->from_ns) / PT_NANOSECONDS_PER_SECOND, length),
            price, segment->from_ns >= shown->known_until_ns ? "forecast" : ""};
        if (i < ROWS_MAX)
            pt_table_row(table, cells);
    }
    if (table != NULL)
        pt_table_print(table, stdout, 0);
    if (plan->segment_count > ROWS_MAX)
        printf("... and %d more\n", plan->segment_count - ROWS_MAX);
}

static void print_head(const struct pt_run_job *run)
{
    char time[TEXT_SIZE], work[TEXT_SIZE], watts[TEXT_SIZE];
    printf("job         %s\ncommand     %s\ndeadline    %s\n", run->id, run->about.line,
           pt_run_format_time(run->task.deadline_ns, time));
    printf("takes       %s (%s)\n", pt_format_duration(run->task.work_seconds, work),
           run->about.work_source);
    if (isfinite(run->task.watts))
        printf("draws       %s (%s)\n", pt_format_watts(run->task.watts, watts),
               run->about.watts_source);
    else
        puts("draws       not known before it runs (--watts): only shares can be told");
    const char *how = !run->about.interruptible              ? "never"
                      : run->about.mode == PT_SUSPEND_FREEZE ? "frozen: it keeps memory and devices"
                                                             : "checkpoint, end, start again";
    printf("suspended   %s\n", how);
    if (run->about.interruptible && run->task.suspended_watts == 0)
        puts("            at no watts: as if the machine were on anyway (else --suspended-watts)");
    if (run->prices.trouble[0] != '\0')
        printf("prices      %s\n", run->prices.trouble);
    if (!run->ahead.has_basis)
        puts("prices      none is known: it would start at once (--prices, --tariff, --region)");
    else if (run->ahead.known_count < run->ahead.count)
        printf("prices      known until %s, then a forecast\n",
               pt_run_format_time(run->ahead.start_ns + run->ahead.known_count * run->ahead.slot_ns,
                                  time));
}

static void print_savings(const struct pt_run_job *run, const struct shown *shown)
{
    char now_text[TEXT_SIZE], plan_text[TEXT_SIZE], bound[TEXT_SIZE], time[TEXT_SIZE];
    double now = shown->advice.plans[PT_WAY_NOW].money;
    printf("\nexpected    %s instead of %s at once",
           amount(run, shown, shown->plan->money, plan_text), amount(run, shown, now, now_text));
    if (now != 0)
        printf(" (%.1f %% less)", 100 * (now - shown->plan->money) / fabs(now));
    printf(", done %s\n", pt_run_format_time(shown->plan->finish_ns, time));
    if (shown->has_money)
        printf("at best     %s: no plan for these prices costs less (%s)\n",
               amount(run, shown, shown->plan->lower_bound, bound), shown->plan->method);
    printf("advice      %s\n", shown->advice.text);
    if (shown->known_until_ns < run->task.deadline_ns)
        puts("            Where prices are forecast, so is the saving. It is planned anew every "
             "hour.");
}

static void write_json(const struct pt_run_job *run, const struct shown *shown)
{
    struct pt_json_writer writer;
    char time[TEXT_SIZE], unit[TEXT_SIZE];
    const struct pt_schedule_plan *plan = shown->plan;
    double now = shown->advice.plans[PT_WAY_NOW].money;
    pt_json_begin(&writer, stdout, true);
    pt_json_object(&writer, NULL);
    pt_json_string(&writer, "job", run->id);
    pt_json_string(&writer, "command", run->about.line);
    pt_json_string(&writer, "deadline", pt_format_time(run->task.deadline_ns, time));
    pt_json_number(&writer, "work_seconds", run->task.work_seconds);
    pt_json_string(&writer, "work_source", run->about.work_source);
    pt_json_number(&writer, "watts", run->task.watts);
    pt_json_string(&writer, "optimize", pt_steer_goals[run->task.goal]);
    pt_json_string(&writer, "unit", unit_of(run, unit));
    pt_json_string(&writer, "prices", run->prices.trouble[0] != '\0' ? run->prices.trouble : NULL);
    pt_json_bool(&writer, "prices_known", run->ahead.has_basis);
    pt_json_string(&writer, "known_until", pt_format_time(shown->known_until_ns, time));
    pt_json_number(&writer, "cost", shown->has_money ? plan->money : NAN);
    pt_json_number(&writer, "cost_at_once", shown->has_money ? now : NAN);
    pt_json_number(&writer, "lower_bound", shown->has_money ? plan->lower_bound : NAN);
    pt_json_number(&writer, "saving_ratio", now != 0 ? (now - plan->money) / fabs(now) : NAN);
    pt_json_string(&writer, "finish", pt_format_time(plan->finish_ns, time));
    pt_json_integer(&writer, "suspensions", plan->suspensions);
    pt_json_string(&writer, "method", plan->method);
    pt_json_string(&writer, "advice", shown->advice.text);
    pt_json_array(&writer, "segments");
    for (int i = 0; i < plan->segment_count; i++) {
        pt_json_object(&writer, NULL);
        pt_json_string(&writer, "from", pt_format_time(plan->segments[i].from_ns, time));
        pt_json_string(&writer, "to", pt_format_time(plan->segments[i].to_ns, time));
        pt_json_end_object(&writer);
    }
    pt_json_end_array(&writer);
    pt_json_end_object(&writer);
    fputc('\n', stdout);
}

int pt_run_show_plan(struct pt_run_job *run)
{
    struct shown shown = {0};
    struct pt_error error;
    enum pt_status status = pt_steer_look_ahead(run->arena, &run->task, &run->prices.tariff,
                                                pt_run_now(), &run->ahead, &error);
    if (status == PT_OK && !isfinite(run->task.work_seconds))
        status = pt_fail(&error, PT_USAGE,
                         "how long the command takes is not known, so there is no plan yet: "
                         "--duration 6h");
    if (status == PT_OK)
        status = make_problem(run, &shown, &error);
    if (status == PT_OK)
        status = pt_schedule_advise(run->arena, &shown.problem, &shown.advice, &error);
    if (status != PT_OK)
        return pt_exit_with(run->verb, status, &error);
    shown.plan = &shown.advice.plans[PT_WAY_ALL];
    if (run->choice.json) {
        write_json(run, &shown);
        return PT_EXIT_OK;
    }
    print_head(run);
    print_picture(run, &shown);
    fputc('\n', stdout);
    print_table(run, &shown);
    print_savings(run, &shown);
    return PT_EXIT_OK;
}
