// How much of a budget is used, and what that says of the rest of the run.
//
// The power of the rest is taken to be that of the second half so far, since the first has the
// start in it; how far both halves differ widens the forecast. Money and carbon follow from the
// joules by what the tariff says of the time to come.

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/units.h"
#include "meter/budget.h"

static const double near_share = 0.8;
static const double first_stride_seconds = 0.25;

// A forecast needs this much of a run: ten seconds, or a twentieth of it.
static const double enough_seconds = 10, enough_share = 0.05;

void pt_budget_watch_start(struct pt_budget_watch *watch, const struct pt_tariff *tariff)
{
    memset(watch, 0, sizeof *watch);
    watch->tariff = tariff;
    watch->stride_seconds = first_stride_seconds;
    watch->next_seconds = 0.05;
}

enum pt_status pt_budget_watch_add(struct pt_budget_watch *watch,
                                   const struct pt_meter_budget *budget, struct pt_error *error)
{
    if (watch->count == PT_BUDGETS_MAX)
        return pt_fail(error, PT_OVERFLOW, "budget of %s: there are at most %d budgets",
                       budget->text, PT_BUDGETS_MAX);
    watch->budgets[watch->count++] = *budget;
    return PT_OK;
}

// -------------------------------------------------------------------------------------- the power
static void keep_every_second(struct pt_budget_watch *watch)
{
    for (int i = 0; i < PT_BUDGET_MOMENTS / 2; i++) {
        watch->moments[i] = watch->moments[2 * i + 1];
        watch->joules[i] = watch->joules[2 * i + 1];
    }
    watch->moment_count = PT_BUDGET_MOMENTS / 2;
    watch->stride_seconds *= 2;
}

static void remember(struct pt_budget_watch *watch, const struct pt_budget_spent *spent)
{
    double joules = spent->amounts[PT_BUDGET_JOULES].value;
    int last = watch->moment_count - 1;
    double since = last < 0 ? INFINITY : spent->seconds - watch->moments[last];
    if (isnan(joules) || since < watch->stride_seconds)
        return;
    if (watch->moment_count == PT_BUDGET_MOMENTS)
        keep_every_second(watch);
    watch->moments[watch->moment_count] = spent->seconds;
    watch->joules[watch->moment_count++] = joules;
}

// Watts of the second half, and by which part of that the first half was different.
static double power_of(const struct pt_budget_watch *watch, const struct pt_budget_spent *spent,
                       double *ret_difference)
{
    double joules = spent->amounts[PT_BUDGET_JOULES].value, middle = 0, until = 0;
    for (int i = 0; i < watch->moment_count && watch->moments[i] <= spent->seconds / 2; i++) {
        middle = watch->moments[i];
        until = watch->joules[i];
    }
    double watts = fmax(0, joules - until) / (spent->seconds - middle);
    double first = middle > 0 ? until / middle : watts;
    *ret_difference = watts > 0 ? fmin(1, fabs(first - watts) / watts) : 1;
    return watts;
}

// What the kWh of a span to come cost in the kind's unit; 1 kWh in joules.
static double price_of(const struct pt_budget_watch *watch, enum pt_budget_kind kind,
                       int64_t from_ns, int64_t to_ns)
{
    if (kind == PT_BUDGET_JOULES)
        return PT_JOULES_PER_KWH;
    if (kind == PT_BUDGET_MONEY)
        return pt_tariff_plan_price(watch->tariff, from_ns, to_ns).value;
    return pt_tariff_plan_carbon(watch->tariff, from_ns, to_ns).value;
}

static int64_t nanoseconds(double seconds)
{
    return (int64_t)(seconds * (double)PT_NANOSECONDS_PER_SECOND);
}

// ---------------------------------------------------------------------------------- the forecast
static struct pt_quantity forecast_of(const struct pt_budget_watch *watch,
                                      const struct pt_meter_budget *budget,
                                      const struct pt_budget_spent *spent)
{
    double difference, left = spent->seconds_left;
    struct pt_quantity used = spent->amounts[budget->kind];
    double watts = power_of(watch, spent, &difference);
    // A year is longer than any run whose end somebody knows, and fits the clock.
    if (!(left >= 0) || left > 366 * PT_SECONDS_PER_DAY || !pt_quantity_known(used) || isnan(watts))
        return pt_quantity_missing();
    double price =
        price_of(watch, budget->kind, spent->realtime_ns, spent->realtime_ns + nanoseconds(left));
    double more = watts * left / PT_JOULES_PER_KWH * price;
    if (isnan(more))
        return pt_quantity_missing();
    double below = used.value > 0 ? (used.value - used.low) / used.value : 0;
    double above = used.value > 0 ? (used.high - used.value) / used.value : 0;
    return (struct pt_quantity){
        used.value + more, used.low + more - fabs(more) * fmin(1, hypot(below, difference)),
        used.high + more + fabs(more) * hypot(above, difference), PT_MODELLED};
}

// When the budget is reached if it goes on like this, quarter by quarter of an hour since prices
// change; 0: not within a month.
static int64_t reached_at(const struct pt_budget_watch *watch, const struct pt_meter_budget *budget,
                          const struct pt_budget_spent *spent)
{
    enum { STEPS = 31 * 24 * 4 };
    const double step_seconds = 900;
    double difference, used = spent->amounts[budget->kind].value;
    double kwh = power_of(watch, spent, &difference) * step_seconds / PT_JOULES_PER_KWH;
    int64_t now = spent->realtime_ns;
    for (int i = 0; i < STEPS; i++) {
        int64_t end = now + nanoseconds(step_seconds);
        double more = kwh * price_of(watch, budget->kind, now, end);
        if (isnan(more) || isnan(used))
            return 0;
        if (used + more >= budget->limit)
            return now + nanoseconds(step_seconds * fmax(0, budget->limit - used) / more);
        used += more;
        now = end;
    }
    return 0;
}

static bool is_forecast_due(const struct pt_budget_spent *spent)
{
    double whole = spent->seconds + spent->seconds_left;
    return spent->seconds >= fmin(enough_seconds, enough_share * whole);
}

// ------------------------------------------------------------------------------------ the events
// Whether the event of this kind has come now. What a greater one says need not be said again.
static bool has_come(const struct pt_budget_watch *watch, int index, enum pt_budget_event_kind kind,
                     const struct pt_budget_spent *spent, struct pt_quantity forecast)
{
    double limit = watch->budgets[index].limit;
    struct pt_quantity used = spent->amounts[watch->budgets[index].kind];
    switch (kind) {
    case PT_BUDGET_NEAR:
        return used.value >= near_share * limit && used.value < limit;
    case PT_BUDGET_FORECAST:
        return forecast.value > limit && used.value < limit && is_forecast_due(spent);
    case PT_BUDGET_DOUBT:
        return used.high >= limit && used.value < limit;
    case PT_BUDGET_REACHED:
        return used.value >= limit;
    case PT_BUDGET_UNKNOWN:
        break;
    }
    return !pt_quantity_known(used);
}

static struct pt_budget_event event_of(const struct pt_budget_watch *watch, int index,
                                       enum pt_budget_event_kind kind,
                                       const struct pt_budget_spent *spent,
                                       struct pt_quantity forecast)
{
    const struct pt_meter_budget *budget = &watch->budgets[index];
    struct pt_budget_event event = {
        .kind = kind,
        .budget = budget,
        .used = spent->amounts[budget->kind],
        .seconds = spent->seconds,
        .forecast = forecast,
    };
    if (kind == PT_BUDGET_NEAR || kind == PT_BUDGET_FORECAST)
        event.reached_realtime_ns = reached_at(watch, budget, spent);
    event.was_reached_forecast = event.reached_realtime_ns != 0 &&
                                 !((double)(event.reached_realtime_ns - spent->realtime_ns) /
                                       (double)PT_NANOSECONDS_PER_SECOND >
                                   spent->seconds_left);
    return event;
}

// The time to the next look is an eighth of that to the budget, at the mean rate so far; a short
// run is looked at more often.
static void choose_next(struct pt_budget_watch *watch, const struct pt_budget_spent *spent)
{
    double next = fmin(1, fmax(0.05, spent->seconds / 4));
    for (int i = 0; i < watch->count; i++) {
        double used = spent->amounts[watch->budgets[i].kind].value;
        double limit = watch->budgets[i].limit;
        if (used > 0 && used < limit)
            next = fmin(next, (limit / used - 1) * spent->seconds / 8);
    }
    watch->next_seconds = fmax(0.02, next);
}

int pt_budget_watch_look(struct pt_budget_watch *watch, const struct pt_budget_spent *spent,
                         struct pt_budget_event *ret_events)
{
    int count = 0;
    remember(watch, spent);
    choose_next(watch, spent);
    for (int i = 0; i < watch->count && spent->seconds > 0; i++) {
        struct pt_quantity forecast = forecast_of(watch, &watch->budgets[i], spent);
        for (int kind = 0; kind <= PT_BUDGET_UNKNOWN; kind++) {
            enum pt_budget_event_kind what = (enum pt_budget_event_kind)kind;
            if (watch->said[i][kind] || !has_come(watch, i, what, spent, forecast))
                continue;
            watch->said[i][kind] = true;
            ret_events[count++] = event_of(watch, i, what, spent, forecast);
        }
    }
    return count;
}

// -------------------------------------------------------------------------------------- the text
// "14:32" of today, else "14:32 on 2026-11-25".
static void write_time(int64_t realtime_ns, char *text, size_t size)
{
    time_t at = (time_t)(realtime_ns / PT_NANOSECONDS_PER_SECOND), now = time(NULL);
    struct tm then, today;
    localtime_r(&at, &then);
    localtime_r(&now, &today);
    bool same_day = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
    strftime(text, size, same_day ? "%H:%M" : "%H:%M on %Y-%m-%d", &then);
}

// "; the whole run will take 3.1 kWh (2.8 kWh to 3.5 kWh)", "; at this power it is reached at
// 14:32".
static void write_outlook(const struct pt_budget_event *event, char *text, size_t size)
{
    char whole[64], low[64], high[64], time[48];
    size_t used = 0;
    *text = '\0';
    if (pt_quantity_known(event->forecast))
        used +=
            (size_t)snprintf(text, size, "; the whole run will take %s (%s to %s)",
                             pt_meter_budget_amount(event->budget, event->forecast.value, whole),
                             pt_meter_budget_amount(event->budget, event->forecast.low, low),
                             pt_meter_budget_amount(event->budget, event->forecast.high, high));
    if (!event->was_reached_forecast || used >= size)
        return;
    write_time(event->reached_realtime_ns, time, sizeof time);
    snprintf(text + used, size - used, "%s at this power it is reached at %s", used > 0 ? "," : ";",
             time);
}

const char *pt_budget_event_text(const struct pt_budget_event *event,
                                 char buffer[PT_BUDGET_TEXT_SIZE])
{
    enum { SIZE = PT_BUDGET_TEXT_SIZE };
    char used[64], high[64], duration[32], outlook[288];
    const char *text = event->budget->text;
    pt_meter_budget_amount(event->budget, event->used.value, used);
    pt_format_duration(event->seconds, duration);
    write_outlook(event, outlook, sizeof outlook);
    switch (event->kind) {
    case PT_BUDGET_NEAR:
        snprintf(buffer, SIZE, "budget %s: %d %% is used (%s after %s)%s", text,
                 (int)(100 * event->used.value / event->budget->limit), used, duration, outlook);
        break;
    case PT_BUDGET_FORECAST:
        snprintf(buffer, SIZE, "budget %s: it will not suffice: %s after %s%s", text, used,
                 duration, outlook);
        break;
    case PT_BUDGET_DOUBT:
        snprintf(buffer, SIZE,
                 "budget %s: it may be used up already: %s after %s, at most %s; the value counts",
                 text, used, duration,
                 pt_meter_budget_amount(event->budget, event->used.high, high));
        break;
    case PT_BUDGET_REACHED:
        snprintf(buffer, SIZE, "budget %s: it is used up: %s after %s", text, used, duration);
        break;
    case PT_BUDGET_UNKNOWN:
        snprintf(buffer, SIZE,
                 "budget %s: it is not guarded any more: what is used is unknown, because the "
                 "sensor fails or the tariff does not reach this time",
                 text);
        break;
    }
    return buffer;
}
