// How long an exact schedule takes and how much memory; and with --data FOLDER what shifting saves
// on recorded prices.
//
// Each case runs in a child of its own, so that its peak of memory is its own: the growth over that
// of a child that does nothing.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "schedule/schedule.h"

enum { QUARTERS = 14 * 96, YEAR_HOURS = 8784, ROUNDS = 5 };
#define HOUR_NS 3600000000000LL

// Of this thread's CPU, all that is used: others on the machine do not count.
static double now(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

// ------------------------------------------------------------------------------------------ cases
static double prices[YEAR_HOURS];

// Days with a valley at noon and noise: nothing that helps a solver.
static void make_prices(int count, double slots_per_day)
{
    for (int i = 0; i < count; i++)
        prices[i] = 0.12 + 0.08 * cos(2 * M_PI * i / slots_per_day) +
                    0.05 * (double)pt_random_uniform(1, 1, (uint64_t)i) - 0.04;
}

static const struct pt_schedule_level levels[] = {{"300 W", 1, 800},     {"250 W", 0.97, 730},
                                                  {"200 W", 0.91, 650},  {"150 W", 0.8, 570},
                                                  {"125 W", 0.713, 530}, {"100 W", 0.6, 500}};

struct test_case {
    const char *name;
    struct pt_schedule_job job;
};

static const struct test_case cases[] = {
    {"no overhead", {.work_seconds = 7 * 86400.0, .level_count = 1}},
    {"no overhead, 6 levels", {.work_seconds = 7 * 86400.0, .level_count = 6}},
    {"resume of 5 min", {.work_seconds = 7 * 86400.0, .level_count = 1, .resume_seconds = 300}},
    {"resume of 15 min, 60 W off",
     {.work_seconds = 7 * 86400.0, .level_count = 1, .resume_seconds = 900, .suspended_watts = 60}},
    {"resume of 3 min, loss of 9",
     {.work_seconds = 7 * 86400.0, .level_count = 1, .resume_seconds = 180, .lost_seconds = 540}},
    {"resume of 47 s (rounded)",
     {.work_seconds = 7 * 86400.0, .level_count = 1, .resume_seconds = 47}},
    {"on >= 2 h, off >= 4 h",
     {.work_seconds = 7 * 86400.0,
      .level_count = 1,
      .resume_seconds = 300,
      .on_seconds_min = 7200,
      .off_seconds_min = 14400}},
    {"at most 6 starts",
     {.work_seconds = 7 * 86400.0, .level_count = 1, .resume_seconds = 900, .starts_max = 6}},
    {"6 levels, resume of 5 min (rounded)",
     {.work_seconds = 7 * 86400.0, .level_count = 6, .resume_seconds = 300}},
    {"3 levels, change of 2 min (rounded)",
     {.work_seconds = 7 * 86400.0, .level_count = 3, .resume_seconds = 300, .change_seconds = 120}},
};

static struct pt_schedule_plan solve(struct pt_arena *arena,
                                     const struct pt_schedule_problem *problem)
{
    struct pt_schedule_plan plan;
    struct pt_error error;
    if (pt_schedule_solve(arena, problem, &plan, &error) != PT_OK) {
        fprintf(stderr, "bench_schedule: %s\n", error.message);
        exit(1);
    }
    return plan;
}

static void run_case(const struct test_case *test)
{
    struct pt_schedule_problem problem = {
        .slots = {.slot_ns = HOUR_NS / 4, .count = QUARTERS, .prices = prices}, .job = test->job};
    struct pt_schedule_plan plan = {0};
    double best = INFINITY;
    problem.job.interruptible = true;
    problem.job.levels = levels;
    problem.job.resume_watts = levels[0].watts;
    for (int i = 0; i < ROUNDS; i++) {
        struct pt_arena *arena = pt_arena_create();
        double from = now();
        plan = solve(arena, &problem);
        best = fmin(best, now() - from);
        pt_arena_destroy(arena);
    }
    printf("%-38s %8.2f ms  %5d stops  gap %8.1e  %s", test->name, best * 1e3, plan.suspensions,
           (plan.money - plan.lower_bound) / fabs(plan.money), plan.method);
    fflush(stdout);
}

// KiB at the peak of a child that runs the case; with NULL, of one that does nothing.
static long peak_of(const struct test_case *test)
{
    struct rusage usage;
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (test != NULL)
            run_case(test);
        _exit(0);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
        exit(1);
    return usage.ru_maxrss;
}

static void run_cases(void)
{
    long nothing = peak_of(NULL);
    printf("14 days of 15-minute slots, 7 days of work\n");
    make_prices(QUARTERS, 96);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        printf("  %5.1f MiB\n", (double)(peak_of(&cases[i]) - nothing) / 1024);
}

static void run_year(void)
{
    double from = now();
    make_prices(YEAR_HOURS, 24);
    for (int day = 0; day < 365; day++) {
        double quarters[96];
        struct pt_schedule_problem problem = {
            .slots = {.slot_ns = HOUR_NS / 4, .count = 96, .prices = quarters},
            .job = cases[2].job};
        struct pt_arena *arena = pt_arena_create();
        for (int i = 0; i < 96; i++)
            quarters[i] = prices[day * 24 + i / 4];
        problem.job.work_seconds = 8 * 3600;
        problem.job.interruptible = true;
        problem.job.levels = levels;
        solve(arena, &problem);
        pt_arena_destroy(arena);
    }
    printf("a year of daily plans: %.0f ms\n", (now() - from) * 1e3);
}

// ------------------------------------------------------------------------------- recorded prices
static int read_series(const char *folder, const char *name)
{
    char path[4096], line[256];
    int count = 0;
    snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        fprintf(stderr, "bench_schedule: cannot open %s\n", path);
        exit(1);
    }
    while (count < YEAR_HOURS && fgets(line, sizeof line, file) != NULL) {
        const char *comma = strchr(line, ',');
        if (comma != NULL && line[0] >= '0' && line[0] <= '9')
            prices[count++] = strtod(comma + 1, NULL) / 1000;
    }
    fclose(file);
    return count;
}

// Percent that the whole year saves, a job starting every 13 hours.
static double saving(int count, int work_hours, int window_hours, bool interruptible)
{
    double spent = 0, at_once = 0;
    for (int start = 0; start + window_hours <= count; start += 13) {
        struct pt_schedule_problem problem = {
            .slots = {.slot_ns = HOUR_NS, .count = window_hours, .prices = prices + start},
            .job = {.work_seconds = work_hours * 3600.0,
                    .level_count = 1,
                    .levels = levels,
                    .interruptible = interruptible}};
        struct pt_schedule_plan immediate;
        struct pt_arena *arena = pt_arena_create();
        spent += solve(arena, &problem).money;
        if (pt_schedule_now(arena, &problem, &immediate, NULL) == PT_OK)
            at_once += immediate.money;
        pt_arena_destroy(arena);
    }
    return 100 * (1 - spent / at_once);
}

static void run_series(const char *folder)
{
    const char *const names[] = {
        "price_DE-LU_2024", "price_FR_2024",          "price_GB_2023",          "price_SE3_2024",
        "price_PL_2019",    "price_US-CAL-CISO_2023", "price_US-TEX-ERCO_2023", "price_KR_2023",
        "carbon_DE_2023",   "carbon_GB_2023"};
    const int hours[][2] = {{4, 24}, {24, 48}, {24, 168}, {72, 168}, {168, 336}};
    printf("\nsaving in percent against starting now: one block / suspended for free\n%-26s", "");
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
        printf("  %3d in %3d h", hours[i][0], hours[i][1]);
    printf("\n");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int count = read_series(folder, names[i]);
        printf("%-26s", names[i]);
        for (size_t j = 0; j < sizeof hours / sizeof *hours; j++)
            printf("    %4.0f /%3.0f ", saving(count, hours[j][0], hours[j][1], false),
                   saving(count, hours[j][0], hours[j][1], true));
        printf("\n");
    }
}

int main(int count, char **arguments)
{
    run_cases();
    run_year();
    if (count == 3 && strcmp(arguments[1], "--data") == 0)
        run_series(arguments[2]);
    return 0;
}
