// See steer.h.

#include "job/steer.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "schedule/forecast.h"

static const double reserve_share = 0.1;
// Of a forecast's errors, half is chance that differs from hour to hour (replay_series.c).
static const double error_share = 0.5;
// Before so much was done, a speed says little.
static const double fraction_least = 0.01, run_seconds_least = 30;
static const double late_least = 1; // seconds that are worth a word
static const double grams_per_tonne = 1e6;
static const double part_least = 0.05; // of a slot that is worth a start
static const double any_watts = 1000;  // where only ratios matter

const char *const pt_steer_goals[] = {"cost", "carbon", "energy", "both", NULL};

// ------------------------------------------------------------------------------------ how it goes
static bool tells_progress(const struct pt_steer_progress *progress)
{
    return isfinite(progress->fraction) && progress->fraction >= fraction_least &&
           progress->run_seconds >= run_seconds_least;
}

double pt_steer_speed(const struct pt_steer_task *task, const struct pt_steer_progress *progress)
{
    if (!tells_progress(progress))
        return NAN;
    if (!isfinite(task->work_seconds))
        return 1; // what is left is counted at the speed that was measured
    return progress->fraction * task->work_seconds / progress->run_seconds;
}

static double work_left(const struct pt_steer_task *task, const struct pt_steer_progress *progress)
{
    double todo = 1 - progress->fraction;
    if (tells_progress(progress) && !isfinite(task->work_seconds))
        return fmax(0, todo * progress->run_seconds / progress->fraction);
    if (!isfinite(task->work_seconds))
        return NAN;
    if (tells_progress(progress))
        return fmax(0, todo * task->work_seconds);
    double lost = (double)progress->resume_count * task->resume_seconds;
    double done = fmax(0, progress->run_seconds - lost);
    return fmax(0, task->work_seconds - done);
}

// The last second is not worth a plan.
double pt_steer_work_left(const struct pt_steer_task *task,
                          const struct pt_steer_progress *progress)
{
    double left = work_left(task, progress);
    return left < 1 ? 0 : left; // NAN stays
}

// The stated speed, or the measured one if that is slower.
static double seconds_left(const struct pt_steer_task *task,
                           const struct pt_steer_progress *progress)
{
    double speed = pt_steer_speed(task, progress);
    double left = pt_steer_work_left(task, progress);
    return isfinite(speed) && speed > 0 && speed < 1 ? left / speed : left;
}

double pt_steer_reserve(const struct pt_steer_task *task, const struct pt_steer_progress *progress)
{
    if (tells_progress(progress))
        return reserve_share / 3 * seconds_left(task, progress);
    return isfinite(task->work_seconds) ? reserve_share * task->work_seconds : 0;
}

// Whether waiting would use up the reserve.
static bool is_near(const struct pt_steer_task *task, const struct pt_steer_progress *progress,
                    int64_t now_ns)
{
    double slack = (double)(task->deadline_ns - now_ns) / PT_NANOSECONDS_PER_SECOND;
    return seconds_left(task, progress) + pt_steer_reserve(task, progress) + task->resume_seconds >
           slack;
}

// ---------------------------------------------------------------------------------------- prices
double pt_steer_price(const struct pt_steer_task *task, const struct pt_tariff *tariff,
                      int64_t from_ns, int64_t to_ns)
{
    double price = NAN, grams = NAN;
    if (task->goal == PT_GOAL_ENERGY)
        return 1;
    if (task->goal != PT_GOAL_CARBON)
        price = pt_tariff_mean_price(tariff, from_ns, to_ns).value;
    if (task->goal != PT_GOAL_COST)
        grams = pt_tariff_mean_carbon(tariff, from_ns, to_ns).value;
    if (task->goal == PT_GOAL_BOTH)
        return price + grams * task->carbon_price / grams_per_tonne;
    return task->goal == PT_GOAL_COST ? price : grams;
}

// Prices change only on edges of the slots: at the minutes of a time-of-use tariff, or at the steps
// of a series.
static int64_t slot_length(const struct pt_steer_task *task, const struct pt_tariff *tariff)
{
    const int64_t minute = 60 * PT_NANOSECONDS_PER_SECOND;
    int64_t slot = 60 * minute;
    if (tariff->window_count > 0 || tariff->adder_count > 0)
        slot = 15 * minute;
    if (tariff->price_series != NULL && task->goal != PT_GOAL_CARBON &&
        tariff->price_series->step_ns < slot)
        slot = tariff->price_series->step_ns;
    if (tariff->carbon_series != NULL && task->goal != PT_GOAL_COST &&
        tariff->carbon_series->step_ns < slot)
        slot = tariff->carbon_series->step_ns;
    return slot < 5 * minute ? 5 * minute : slot;
}

static int64_t floor_to(int64_t ns, int64_t step)
{
    int64_t rest = ns % step;
    return ns - (rest < 0 ? rest + step : rest);
}

// From when on there is a past to learn from; false without a series.
static bool begin_of_past(const struct pt_tariff *tariff, int64_t *ret_ns)
{
    const struct pt_series *series =
        tariff->price_series != NULL ? tariff->price_series : tariff->carbon_series;
    if (series == NULL || series->count == 0)
        return false;
    *ret_ns = series->starts_ns[0];
    return true;
}

// Hours from the begin of the series to the last known one, published one by one so that the
// forecaster learns as it would have lived through them.
static enum pt_status teach(struct pt_forecaster *forecaster, const struct pt_steer_task *task,
                            const struct pt_tariff *tariff, int64_t from_ns, int64_t to_ns,
                            struct pt_error *error)
{
    enum { CHUNK = 24 };
    const int64_t hour = 3600 * PT_NANOSECONDS_PER_SECOND;
    double values[CHUNK];
    enum pt_status status = PT_OK;
    for (int64_t at = from_ns; at < to_ns && status == PT_OK;) {
        int count = 0;
        for (; count < CHUNK && at < to_ns; at += hour)
            values[count++] = pt_steer_price(task, tariff, at, at + hour);
        status = pt_forecaster_publish(forecaster, values, count, error);
    }
    return status;
}

static void take_forecast(const struct pt_forecaster *forecaster, int64_t known_end_ns, int hours,
                          struct pt_steer_prices *prices)
{
    const int64_t hour = 3600 * PT_NANOSECONDS_PER_SECOND;
    const double *expected = pt_forecaster_expected(forecaster);
    const double *errors = pt_forecaster_errors(forecaster);
    for (int i = prices->known_count; i < prices->count; i++) {
        int64_t ahead = (prices->start_ns + i * prices->slot_ns - known_end_ns) / hour;
        if (isfinite(prices->prices[i]) || ahead < 0 || ahead >= hours)
            continue;
        prices->prices[i] = expected[ahead];
        prices->errors[i] = errors[ahead];
    }
}

static enum pt_status forecast(const struct pt_steer_task *task, const struct pt_tariff *tariff,
                               struct pt_steer_prices *prices, struct pt_error *error)
{
    const int64_t hour = 3600 * PT_NANOSECONDS_PER_SECOND;
    struct pt_forecaster *forecaster;
    int64_t from_ns;
    if (prices->known_count == prices->count || !begin_of_past(tariff, &from_ns))
        return PT_OK;
    from_ns = floor_to(from_ns + hour - 1, hour);
    int64_t known_end_ns = floor_to(prices->start_ns + prices->known_count * prices->slot_ns, hour);
    int64_t end_ns = prices->start_ns + prices->count * prices->slot_ns;
    int64_t hours = (end_ns - known_end_ns + hour - 1) / hour;
    if (hours > PT_FORECAST_HOURS_MAX)
        hours = PT_FORECAST_HOURS_MAX;
    enum pt_status status = pt_forecaster_create((int)hours, &forecaster, error);
    if (status != PT_OK)
        return status;
    status = teach(forecaster, task, tariff, from_ns, known_end_ns, error);
    if (status == PT_OK)
        take_forecast(forecaster, known_end_ns, (int)hours, prices);
    pt_forecaster_destroy(forecaster);
    return status;
}

// What nobody knows is taken to be as dear as what is known on the mean, so that the job neither
// waits for it nor flees from it.
static void fill_unknown(struct pt_steer_prices *prices)
{
    double sum = 0;
    int count = 0;
    for (int i = 0; i < prices->count; i++)
        if (isfinite(prices->prices[i])) {
            sum += prices->prices[i];
            count++;
        }
    prices->has_basis = count > 0;
    prices->is_constant = true;
    for (int i = 0; i < prices->count; i++) {
        if (!isfinite(prices->prices[i]))
            prices->prices[i] = count > 0 ? sum / count : 0;
        prices->is_constant = prices->is_constant && prices->prices[i] == prices->prices[0];
    }
}

enum pt_status pt_steer_look_ahead(struct pt_arena *arena, const struct pt_steer_task *task,
                                   const struct pt_tariff *tariff, int64_t now_ns,
                                   struct pt_steer_prices *ret_prices, struct pt_error *error)
{
    const int64_t year = 366 * 24 * 3600 * PT_NANOSECONDS_PER_SECOND;
    struct pt_steer_prices prices = {.slot_ns = slot_length(task, tariff)};
    if (task->deadline_ns > now_ns && task->deadline_ns - now_ns > year)
        return pt_fail(error, PT_BAD_INPUT, "the deadline is more than a year away");
    prices.start_ns = floor_to(now_ns, prices.slot_ns);
    int64_t count = (task->deadline_ns - prices.start_ns) / prices.slot_ns;
    prices.count = count < 1 ? 1 : (int)count;
    prices.prices = pt_arena_alloc(arena, (size_t)prices.count, sizeof(double));
    prices.errors = pt_arena_alloc(arena, (size_t)prices.count, sizeof(double));
    if (prices.prices == NULL || prices.errors == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory to look ahead");
    bool known = true;
    for (int i = 0; i < prices.count; i++) {
        int64_t from_ns = prices.start_ns + i * prices.slot_ns;
        prices.prices[i] = pt_steer_price(task, tariff, from_ns, from_ns + prices.slot_ns);
        prices.errors[i] = NAN;
        known = known && isfinite(prices.prices[i]);
        prices.known_count += known;
    }
    enum pt_status status = forecast(task, tariff, &prices, error);
    if (status == PT_OK) {
        fill_unknown(&prices);
        *ret_prices = prices;
    }
    return status;
}

// -------------------------------------------------------------------------------------- decisions
void pt_steer_problem(const struct pt_steer_task *task, const struct pt_steer_progress *progress,
                      const struct pt_steer_prices *prices, struct pt_schedule_level *level,
                      struct pt_schedule_problem *ret_problem)
{
    bool scales = !isfinite(task->watts); // then only ratios mean something
    double reserve = pt_steer_reserve(task, progress), left = pt_steer_work_left(task, progress);
    double slot_seconds = (double)prices->slot_ns / PT_NANOSECONDS_PER_SECOND;
    double until = (double)(task->deadline_ns - prices->start_ns) / PT_NANOSECONDS_PER_SECOND;
    double usable = floor((until - reserve) / slot_seconds);
    int count = usable * slot_seconds >= left && usable >= 1 && usable < prices->count
                    ? (int)usable
                    : prices->count;
    *level = (struct pt_schedule_level){
        .name = "as it is", .speed = 1, .watts = scales ? any_watts : task->watts};
    *ret_problem = (struct pt_schedule_problem){
        .slots = {.start_ns = prices->start_ns,
                  .slot_ns = prices->slot_ns,
                  .count = count,
                  .prices = prices->prices},
        .job = {.work_seconds = left,
                .level_count = 1,
                .levels = level,
                .interruptible = task->interruptible,
                .waiting_watts = scales ? 0 : task->waiting_watts,
                .suspended_watts = scales ? 0 : task->suspended_watts,
                .resume_seconds = task->resume_seconds,
                .resume_watts = level->watts,
                .has_started = progress->has_started,
                .level_now = progress->is_running ? 0 : PT_SCHEDULE_OFF},
    };
}

void pt_steer_close(struct pt_steer *steer)
{
    pt_arena_destroy(steer->arena);
    *steer = (struct pt_steer){0};
}

// Plans of earlier decisions go with their arena; the one that is followed moves to a new one.
static enum pt_status renew_arena(struct pt_steer *steer, struct pt_error *error)
{
    struct pt_schedule_plan *plan = &steer->replan.plan;
    struct pt_arena *arena = pt_arena_create();
    struct pt_schedule_segment *segments =
        arena == NULL ? NULL
                      : pt_arena_alloc(arena, (size_t)plan->segment_count + 1, sizeof *segments);
    if (segments == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "no memory for a plan");
    }
    if (plan->segment_count > 0)
        memcpy(segments, plan->segments, (size_t)plan->segment_count * sizeof *segments);
    plan->segments = segments;
    pt_arena_destroy(steer->arena);
    steer->arena = arena;
    return PT_OK;
}

static struct pt_steer_decision run_on(int64_t until_ns, const char *reason)
{
    return (struct pt_steer_decision){.runs = true, .until_ns = until_ns, .reason = reason};
}

// What no plan is needed for.
static bool decide_plainly(const struct pt_steer_task *task,
                           const struct pt_steer_progress *progress,
                           const struct pt_steer_prices *prices, int64_t now_ns, int64_t until_ns,
                           struct pt_steer_decision *ret_decision)
{
    double left = pt_steer_work_left(task, progress);
    const char *reason = NULL;
    if (isnan(left))
        reason = "it runs until its progress tells how long it takes";
    else if (left == 0)
        reason = "it takes longer than was expected, so it runs to its end";
    else if (!prices->has_basis)
        reason = "no price is known, so there is nothing to wait for";
    else if (prices->is_constant && (progress->is_running || !progress->has_started))
        reason = "every hour costs the same, so there is nothing to wait for";
    else if (!task->interruptible && progress->is_running)
        reason = "it is not to be suspended";
    else if (is_near(task, progress, now_ns))
        reason = "the deadline is near";
    if (reason == NULL)
        return false;
    *ret_decision = run_on(until_ns, reason);
    return true;
}

static void judge_deadline(const struct pt_steer_task *task,
                           const struct pt_steer_progress *progress, int64_t now_ns,
                           struct pt_steer_decision *decision)
{
    double left = seconds_left(task, progress);
    double slack = (double)(task->deadline_ns - now_ns) / PT_NANOSECONDS_PER_SECOND;
    decision->is_late = isfinite(left) && left > slack + late_least;
    decision->late_seconds = decision->is_late ? left - slack : 0;
}

static int64_t after(int64_t from_ns, double seconds)
{
    return from_ns + (int64_t)(seconds * (double)PT_NANOSECONDS_PER_SECOND);
}

static void wait_first(const struct pt_steer_prices *prices, int64_t now_ns, double wait_seconds,
                       struct pt_steer_decision *decision)
{
    int64_t until_ns = after(prices->start_ns, wait_seconds);
    if (until_ns <= now_ns)
        return;
    decision->runs = false;
    decision->reason = "this slot is dear, and a little time is left";
    if (until_ns < decision->until_ns)
        decision->until_ns = until_ns;
}

static bool is_free(const struct pt_steer_task *task)
{
    return task->interruptible && task->suspended_watts == 0 && task->waiting_watts == 0 &&
           task->resume_seconds == 0;
}

static bool must_run_soon(const struct pt_outlook *outlook, double needed)
{
    const struct pt_schedule_slots *slots = &outlook->problem.slots;
    double slot_seconds = (double)slots->slot_ns / PT_NANOSECONDS_PER_SECOND;
    return needed + slot_seconds > slots->count * slot_seconds;
}

// The rule of replan.h is for whole slots: of the last slot that is needed only a part is, when the
// cheaper ones to come do the rest.
static void run_a_part(const struct pt_outlook *outlook, int64_t now_ns,
                       struct pt_steer_decision *decision)
{
    const struct pt_schedule_slots *slots = &outlook->problem.slots;
    double slot_seconds = (double)slots->slot_ns / PT_NANOSECONDS_PER_SECOND;
    double speed = isfinite(outlook->speed_measured) ? outlook->speed_measured : 1;
    double needed = outlook->problem.job.work_seconds / speed;
    double cheaper = pt_outlook_cheaper_slots(outlook) * slot_seconds;
    double part = needed - cheaper;
    if (outlook->problem.job.work_seconds <= 0 || cheaper <= 0 || part <= 0 ||
        must_run_soon(outlook, needed))
        return;
    if (part < part_least * slot_seconds) {
        decision->runs = false;
        decision->reason = "cheaper slots to come do almost all that is left";
    } else if (after(now_ns, part) < decision->until_ns) {
        decision->until_ns = after(now_ns, part);
    }
}

static enum pt_status decide_by_plan(struct pt_steer *steer, const struct pt_steer_task *task,
                                     const struct pt_steer_progress *progress,
                                     const struct pt_steer_prices *prices, int64_t now_ns,
                                     struct pt_steer_decision *decision, struct pt_error *error)
{
    struct pt_schedule_level level;
    struct pt_decision made;
    struct pt_outlook outlook = {
        .known_count = prices->known_count,
        .is_news = true, // the work left is, if no price
        .errors = prices->errors,
        .error_share = error_share,
        .speed_measured = pt_steer_speed(task, progress),
        .margin = 0, // the reserve is kept out of the slots
    };
    pt_steer_problem(task, progress, prices, &level, &outlook.problem);
    enum pt_status status = renew_arena(steer, error);
    if (status == PT_OK)
        status = pt_replan_decide(steer->arena, &steer->replan, &outlook, &made, error);
    if (status != PT_OK)
        return status;
    decision->runs = made.runs;
    decision->reason = made.reason;
    if (made.runs && made.wait_seconds > 0)
        wait_first(prices, now_ns, made.wait_seconds, decision);
    else if (made.runs && is_free(task))
        run_a_part(&outlook, now_ns, decision);
    return PT_OK;
}

enum pt_status pt_steer_decide(struct pt_steer *steer, const struct pt_steer_task *task,
                               const struct pt_steer_progress *progress,
                               const struct pt_steer_prices *prices, int64_t now_ns,
                               struct pt_steer_decision *ret_decision, struct pt_error *error)
{
    enum pt_status status = PT_OK;
    struct pt_steer_decision decision = {0};
    int64_t until_ns = prices->start_ns + prices->slot_ns;
    while (until_ns <= now_ns) // prices are older than a slot: the next edge
        until_ns += prices->slot_ns;
    decision.until_ns = until_ns;
    if (!decide_plainly(task, progress, prices, now_ns, until_ns, &decision))
        status = decide_by_plan(steer, task, progress, prices, now_ns, &decision, error);
    if (status != PT_OK)
        return status;
    judge_deadline(task, progress, now_ns, &decision);
    *ret_decision = decision;
    return PT_OK;
}
