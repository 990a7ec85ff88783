// What the forecast is worth: replays every series of a folder, hour by hour, and prints how much
// of the clairvoyant saving is kept. Not MAE: only ranks earn money.
//
//     bench_replay FOLDER [slower [after]]    price_*.csv as day-ahead prices, carbon_*.csv as
//     measured
//
// slower: 0.1 means work that takes 10 % longer than is known before; after: only what comes after
// that share of it. A carbon series with prices of its region and year beside it
// (carbon_GB_2023.csv, price_GB*_2023.csv) is replayed a second time with them as companion.

#include <dirent.h>
#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "schedule/replay.h"
#include "schedule/replay_series.h"

static const struct {
    int work_hours, within_hours;
} jobs[] = {{24, 48}, {24, 168}, {72, 168}};
enum { JOBS = sizeof jobs / sizeof *jobs };

static bool find_prices(const char *folder, const char *name, char *ret_path, size_t size)
{
    char region[64], year[5], pattern[4096];
    glob_t found;
    if (sscanf(name, "carbon_%63[^_]_%4[0-9]", region, year) != 2)
        return false;
    snprintf(pattern, sizeof pattern, "%s/price_%s*_%s.csv", folder, region, year);
    if (glob(pattern, 0, NULL, &found) != 0)
        return false;
    snprintf(ret_path, size, "%s", found.gl_pathv[0]);
    globfree(&found);
    return true;
}

static int replay_file(const char *folder, const char *name, const char *companion, double slower,
                       double slower_after)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_error error = {.message = ""};
    struct pt_hourly hourly;
    const struct pt_schedule_level level = {"", 1, 1000};
    bool day_ahead = strncmp(name, "price", 5) == 0;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int64_t begin_ns = pt_clock_monotonic(&pt_system_clock);
    enum pt_status status = pt_hourly_read(arena, path, 1, NULL, &hourly, &error);
    if (companion != NULL && status == PT_OK)
        status = pt_hourly_add_companion(arena, companion, &hourly, &error);
    printf("%-36.36s%s", name, companion != NULL ? " with prices" : "");
    for (int i = 0; i < JOBS && status == PT_OK; i++) {
        struct pt_replay replay;
        struct pt_replay_options options = pt_replay_usual(day_ahead);
        options.job.work_seconds = jobs[i].work_hours * 3600.0;
        options.job.level_count = 1;
        options.job.levels = &level;
        options.within_hours = jobs[i].within_hours;
        options.slower = slower;
        options.slower_after = slower_after;
        options.publication.hides_current_hour = getenv("PT_HIDES_CURRENT_HOUR") != NULL;
        status = pt_replay_run(arena, &hourly, &options, &replay, &error);
        if (status != PT_OK)
            break;
        const struct pt_replay_result *ours = &replay.results[PT_REPLAY_FORECAST];
        const struct pt_replay_result *now = &replay.results[PT_REPLAY_NOW];
        printf(" | %5.1f %5.1f %5.1f %6.1f %4.1f %d",
               100 * (1 - replay.results[PT_REPLAY_CLAIRVOYANT].money / now->money),
               100 * pt_replay_kept(&replay, PT_REPLAY_PERSISTENCE),
               100 * pt_replay_kept(&replay, PT_REPLAY_FORECAST), 100 * ours->dearest_over,
               100.0 * ours->dearer_count / replay.start_count, ours->late_count);
    }
    if (status != PT_OK)
        printf(" | %s", error.message);
    printf(" | %.2f s\n", (double)(pt_clock_monotonic(&pt_system_clock) - begin_ns) * 1e-9);
    fflush(stdout);
    pt_arena_destroy(arena);
    return status != PT_OK;
}

static int is_series(const struct dirent *entry)
{
    const char *name = entry->d_name;
    bool wanted = strncmp(name, "price_", 6) == 0 || strncmp(name, "carbon_", 7) == 0;
    return wanted && strstr(name, ".csv") != NULL && strstr(name, "forecast") == NULL;
}

int main(int argc, char **argv)
{
    double slower = 0, slower_after = 0;
    if (argc < 2 || argc > 4 || (argc >= 3 && !pt_parse_double(argv[2], &slower)) ||
        (argc == 4 && !pt_parse_double(argv[3], &slower_after))) {
        fprintf(stderr, "usage: bench_replay FOLDER [SLOWER [AFTER]]\n");
        return 2;
    }
    struct dirent **entries;
    int count = scandir(argv[1], &entries, is_series, alphasort), failures = 0;
    if (count < 0) {
        perror(argv[1]);
        return 1;
    }
    printf("of each: clairvoyant saving %%, kept by persistence %%, kept by ours %%, worst start "
           "above now %%, starts over 1 %% above now %%, missed deadlines\n");
    for (int i = 0; i < JOBS; i++)
        printf("%s%d h in %d h", i == 0 ? "" : " | ", jobs[i].work_hours, jobs[i].within_hours);
    printf("\n");
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        char prices[4096];
        failures += replay_file(argv[1], name, NULL, slower, slower_after);
        if (find_prices(argv[1], name, prices, sizeof prices))
            failures += replay_file(argv[1], name, prices, slower, slower_after);
        free(entries[i]);
    }
    free(entries);
    return failures != 0;
}
