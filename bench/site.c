// What the rest of a site is worth, on recorded series: regions hour by hour, a cluster of many
// jobs, a battery.
//
//     bench_site TRACES JOBS      the folders with price_*.csv, and with pai_1k.csv

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/csv.h"
#include "base/parse.h"
#include "base/units.h"
#include "cost/series.h"
#include "schedule/battery.h"
#include "schedule/capacity.h"
#include "schedule/hop.h"

enum { REGIONS = 8, DAY = 24, STRIDE = 13, YEAR = 8700 };
#define HOUR_NS (3600 * PT_NANOSECONDS_PER_SECOND)
static const int64_t year_ns = 1672552800LL * PT_NANOSECONDS_PER_SECOND; // 2023-01-01T06:00:00Z
static const double usd_per_eur = 1.08;                                  // mean of 2023
static const struct pt_schedule_level one_kw = {"", 1, 1000};

static double seconds_since(int64_t begin_ns)
{
    return (double)(pt_clock_monotonic(&pt_system_clock) - begin_ns) * 1e-9;
}

// Per kWh of each hour from year_ns on; a gap has the price before it.
static bool read_hours(struct pt_arena *arena, const char *folder, const char *name, double scale,
                       double *hours)
{
    char path[4096];
    struct pt_error error;
    const struct pt_series *series;
    snprintf(path, sizeof path, "%s/price_%s_2023.csv", folder, name);
    if (pt_series_read(arena, path, NULL, scale / 1000, -100, 100, &series, &error) != PT_OK) {
        fprintf(stderr, "%s\n", error.message);
        return false;
    }
    for (int i = 0; i < YEAR; i++) {
        int64_t from = year_ns + i * HOUR_NS;
        if (pt_series_mean(series, from, from + HOUR_NS, &hours[i], NULL) != PT_OK)
            hours[i] = i > 0 ? hours[i - 1] : series->mean;
    }
    return true;
}

// -------------------------------------------------------------------------------------- regions
static double prices[REGIONS][YEAR];
static const char *const region_names[REGIONS] = {
    "DE-LU", "FR", "GB", "ES", "NO2", "US-CAL-CISO", "US-TEX-ERCO", "US-MIDA-PJM"};

static void set_regions(struct pt_schedule_region *regions, int hour, int hours)
{
    for (int i = 0; i < REGIONS; i++)
        regions[i] = (struct pt_schedule_region){
            .name = region_names[i],
            .slots = {.slot_ns = HOUR_NS, .count = hours, .prices = prices[i] + hour},
            .speed_factor = 1,
            .watts_factor = 1};
}

// USD/MWh of 24 hours of work at 1 kW within so many hours; a move costs so much for each kW that
// the job draws.
static void run_regions(int within, double move_usd, double move_seconds, double resume_seconds)
{
    double home = 0, one = 0, hop = 0, bound = 0, moves = 0;
    int count = 0;
    int64_t begin_ns = pt_clock_monotonic(&pt_system_clock);
    double money[REGIONS * REGIONS], seconds[REGIONS * REGIONS];
    for (int i = 0; i < REGIONS * REGIONS; i++) {
        money[i] = i / REGIONS == i % REGIONS ? 0 : move_usd;
        seconds[i] = i / REGIONS == i % REGIONS ? 0 : move_seconds;
    }
    const struct pt_schedule_moves table = {money, seconds};
    const struct pt_schedule_job job = {.work_seconds = DAY * 3600.0 - move_seconds,
                                        .level_count = 1,
                                        .levels = &one_kw,
                                        .interruptible = true,
                                        .resume_seconds = resume_seconds,
                                        .resume_watts = 500};
    for (int hour = 0; hour + within <= YEAR; hour += STRIDE, count++) {
        struct pt_arena *arena = pt_arena_create();
        struct pt_schedule_region regions[REGIONS];
        struct pt_schedule_region_plan plans[REGIONS];
        struct pt_schedule_hop_plan plan;
        struct pt_error error = {.message = ""};
        int best = 0;
        set_regions(regions, hour, within);
        for (int i = 1; i < REGIONS; i++) {
            regions[i].move_money = move_usd;
            regions[i].move_seconds = 0; // whole slots: it would lose an hour of 24
        }
        if (pt_schedule_choose_region(arena, &job, regions, REGIONS, plans, &best, &error) !=
                PT_OK ||
            pt_schedule_hop(arena, &job, regions, REGIONS, &table, &plan, &error) != PT_OK) {
            fprintf(stderr, "hour %d: %s\n", hour, error.message);
            exit(1);
        }
        home += plans[0].plan.money;
        one += plans[best].plan.money;
        hop += plan.money;
        bound += plan.lower_bound;
        moves += plan.moves;
        pt_arena_destroy(arena);
    }
    double mwh = count * job.work_seconds / 3600 / 1000;
    printf("24 h in %3d h, move %.3f USD/kW %4.0f s, resume %3.0f s: home %6.1f  one region %5.1f  "
           "hourly %5.1f (bound %5.1f) USD/MWh, %.1f moves, %.1f ms each\n",
           within, move_usd, move_seconds, resume_seconds, home / mwh, one / mwh, hop / mwh,
           bound / mwh, moves / count, 1000 * seconds_since(begin_ns) / count);
}

// --------------------------------------------------------------------------------------- cluster
static int read_jobs(struct pt_arena *arena, const char *folder, double slack_hours,
                     bool interruptible, struct pt_capacity_job **ret_jobs)
{
    char path[4096];
    struct pt_error error;
    struct pt_csv csv;
    snprintf(path, sizeof path, "%s/pai_1k.csv", folder);
    if (pt_csv_read_file(arena, path, ',', &csv, &error) != PT_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 0;
    }
    int count = (int)csv.row_count - 1;
    *ret_jobs = pt_arena_alloc(arena, (size_t)count, sizeof **ret_jobs);
    for (int i = 0; i < count; i++) {
        double arrival = 0, length = 0;
        if (!pt_parse_double(csv.rows[i + 1].fields[0], &arrival) ||
            !pt_parse_double(csv.rows[i + 1].fields[1], &length))
            return 0;
        int64_t release = year_ns + (int64_t)arrival * PT_NANOSECONDS_PER_SECOND;
        (*ret_jobs)[i] = (struct pt_capacity_job){
            .name = "pai",
            .work_seconds = length,
            .watts = 300,
            .machines = 1,
            .release_ns = release,
            .deadline_ns = release + (int64_t)((length + slack_hours * 3600) *
                                               (double)PT_NANOSECONDS_PER_SECOND),
            .interruptible = interruptible};
    }
    return count;
}

static void run_cluster(const char *folder, double slack_hours, int machines, bool interruptible)
{
    enum { PER_HOUR = 4, SLOTS = 14 * DAY * PER_HOUR };
    static double quarter[SLOTS];
    struct pt_arena *arena = pt_arena_create();
    struct pt_capacity_job *jobs = NULL;
    struct pt_capacity_plan plan;
    struct pt_error error;
    for (int i = 0; i < SLOTS; i++)
        quarter[i] = prices[0][i / PER_HOUR];
    const struct pt_capacity_problem problem = {
        .slots = {.start_ns = year_ns,
                  .slot_ns = HOUR_NS / PER_HOUR,
                  .count = SLOTS,
                  .prices = quarter},
        .machines = machines,
        .job_count = read_jobs(arena, folder, slack_hours, interruptible, &jobs),
        .jobs = jobs};
    int64_t begin_ns = pt_clock_monotonic(&pt_system_clock);
    enum pt_status status = pt_schedule_share(arena, &problem, &plan, &error);
    if (status == PT_OK)
        printf("%d jobs, %2.0f h of slack, %3d machines, %-12s: early %6.2f  plan %6.2f  bound "
               "%6.2f EUR (%s), %.2f s\n",
               problem.job_count, slack_hours, machines, interruptible ? "suspendable" : "blocks",
               plan.early_money, plan.money, plan.lower_bound, plan.method,
               seconds_since(begin_ns));
    else
        printf("%2.0f h of slack, %3d machines: %s\n", slack_hours, machines, error.message);
    pt_arena_destroy(arena);
}

// --------------------------------------------------------------------------------------- battery
// A job of 8 h at 1 kW a day on a site of 0.5 kW, with 10 kWh and 5 kW of battery.
static void run_battery(void)
{
    double without = 0, with = 0, alone = 0, bound = 0;
    int days = 0;
    static double load[YEAR];
    int64_t begin_ns = pt_clock_monotonic(&pt_system_clock);
    for (int i = 0; i < YEAR; i++)
        load[i] = 500;
    const struct pt_battery battery = {.kwh = 10, .kw = 5, .efficiency = 0.9, .charge_share = 0.5};
    for (int hour = 0; hour + DAY <= YEAR; hour += DAY, days++) {
        struct pt_arena *arena = pt_arena_create();
        struct pt_battery_plan plan;
        struct pt_schedule_plan bare;
        const struct pt_schedule_site site = {.net_watts = load + hour};
        const struct pt_schedule_problem problem = {
            .slots = {.slot_ns = HOUR_NS, .count = DAY, .prices = prices[0] + hour},
            .site = &site,
            .job = {.work_seconds = 8 * 3600,
                    .level_count = 1,
                    .levels = &one_kw,
                    .interruptible = true}};
        if (pt_schedule_solve(arena, &problem, &bare, NULL) != PT_OK ||
            pt_schedule_with_battery(arena, &problem, &battery, &plan, NULL) != PT_OK)
            exit(1);
        without += bare.money;
        with += plan.money;
        alone += plan.battery_money;
        bound += plan.lower_bound;
        pt_arena_destroy(arena);
    }
    printf("8 h a day: job %.1f, battery %.1f, both %.1f (bound %.1f) USD a year, %.1f ms a day\n",
           without, alone, with, bound, 1000 * seconds_since(begin_ns) / days);
}

int main(int argc, char **argv)
{
    struct pt_arena *arena = pt_arena_create();
    if (argc != 3) {
        fprintf(stderr, "usage: bench_site TRACES JOBS\n");
        return 2;
    }
    for (int i = 0; i < REGIONS; i++)
        if (!read_hours(arena, argv[1], region_names[i], i < 5 ? usd_per_eur : 1, prices[i]))
            return 1;
    run_regions(DAY, 0, 0, 0);
    run_regions(DAY, 0.02, 0, 0);
    run_regions(48, 0.02, 900, 300);
    run_battery();
    run_cluster(argv[2], 24, 60, true);
    run_cluster(argv[2], 24, 60, false);
    run_cluster(argv[2], 6, 60, true);
    run_cluster(argv[2], 6, 60, false);
    pt_arena_destroy(arena);
    return 0;
}
