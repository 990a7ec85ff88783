// How near the chosen power cap comes to the best one, on published curves of time and watts:
//   bench_caps zeus_power_curves.csv [zeus_powerlimit_profile.csv] [PROBES]
// Each measured point answers one probe. Regret: energy of the cap that was chosen / of the best
// one among all measured that keep the slow-down limit, less 1. The deviations in
// probe_model.c were chosen on these files (docs/tuning.md has the figures with networks left out).

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule/probe.h"

enum { CURVES_MAX = 4096, LINE_SIZE = 1024 };

struct curve {
    char name[LINE_SIZE], gpu[64];
    int count;
    double caps[PT_PROBE_CHOICES_MAX], seconds[PT_PROBE_CHOICES_MAX], watts[PT_PROBE_CHOICES_MAX];
};

static struct curve curves[CURVES_MAX];
static int curve_count;

static struct curve *curve_named(const char *name, const char *gpu)
{
    for (int i = 0; i < curve_count; i++)
        if (strcmp(curves[i].name, name) == 0)
            return &curves[i];
    if (curve_count == CURVES_MAX)
        return NULL;
    struct curve *curve = &curves[curve_count++];
    snprintf(curve->name, sizeof curve->name, "%s", name);
    snprintf(curve->gpu, sizeof curve->gpu, "%s", gpu);
    return curve;
}

static void add_point(struct curve *curve, double cap, double seconds, double watts)
{
    int place = curve->count;
    if (place == PT_PROBE_CHOICES_MAX)
        return;
    for (; place > 0 && curve->caps[place - 1] > cap; place--) {
        curve->caps[place] = curve->caps[place - 1];
        curve->seconds[place] = curve->seconds[place - 1];
        curve->watts[place] = curve->watts[place - 1];
    }
    curve->caps[place] = cap;
    curve->seconds[place] = seconds;
    curve->watts[place] = watts;
    curve->count++;
}

// The columns before the cap name the curve; the last is watts, or joules of all GPUs if so headed.
static int read_file(const char *path)
{
    char line[LINE_SIZE];
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        perror(path);
        return 1;
    }
    bool joules = strstr(line, "energy_J") != NULL;
    while (fgets(line, sizeof line, file) != NULL) {
        char *fields[3], *gpu_end = strchr(line, ',');
        for (int i = 2; i >= 0; i--) {
            char *comma = strrchr(line, ',');
            if (comma == NULL)
                return 1;
            *comma = '\0';
            fields[i] = comma + 1;
        }
        double cap = atof(fields[0]), seconds = atof(fields[1]), last = atof(fields[2]);
        double gpus = joules ? atof(strrchr(line, ',') + 1) : 1;
        char gpu[64];
        snprintf(gpu, sizeof gpu, "%.*s%s", gpu_end == NULL ? 0 : (int)(gpu_end - line) % 40, line,
                 joules ? " (profile)" : "");
        struct curve *curve = curve_named(line, gpu);
        if (curve == NULL)
            return 1;
        add_point(curve, cap, seconds, joules ? last / seconds / gpus : last);
    }
    fclose(file);
    return 0;
}

static double score_at(const struct curve *curve, const struct pt_probe_goal *goal, int i)
{
    return pt_probe_score(goal, curve->seconds[i], curve->watts[i]);
}

static double best_score(const struct curve *curve, const struct pt_probe_goal *goal)
{
    double best = INFINITY, most = curve->seconds[curve->count - 1] * goal->slowdown_most;
    for (int i = 0; i < curve->count; i++)
        if (curve->seconds[i] <= most)
            best = fmin(best, score_at(curve, goal, i));
    return best;
}

static double regret_of(const struct curve *curve, const struct pt_probe_goal *goal, int probes,
                        int *ret_used)
{
    struct pt_probe_search search;
    struct pt_error error;
    int next;
    if (pt_probe_begin(&search, goal, curve->caps, curve->count, probes, &error) != PT_OK)
        exit(1);
    while ((next = pt_probe_next(&search)) != PT_PROBE_NONE) {
        struct pt_probe_measurement measurement = {.seconds = curve->seconds[next],
                                                   .watts = curve->watts[next]};
        if (pt_probe_add(&search, next, &measurement, &error) != PT_OK)
            exit(1);
    }
    *ret_used = search.probe_count;
    return score_at(curve, goal, pt_probe_best(&search)) / best_score(curve, goal) - 1;
}

static void measure(const char *gpu, const struct pt_probe_goal *goal, int probes)
{
    int count = 0, within = 0, used, most_used = 0;
    double sum = 0, worst = 0, used_sum = 0, saved = 0;
    const char *worst_name = "";
    for (int i = 0; i < curve_count; i++) {
        const struct curve *curve = &curves[i];
        if (gpu != NULL && strcmp(gpu, curve->gpu) != 0)
            continue;
        double regret = regret_of(curve, goal, probes, &used);
        count++;
        within += regret <= 0.01;
        sum += regret;
        used_sum += used;
        most_used = used > most_used ? used : most_used;
        saved +=
            1 - (1 + regret) * best_score(curve, goal) / score_at(curve, goal, curve->count - 1);
        if (getenv("VERBOSE") != NULL && regret > 0.01)
            fprintf(stderr, "%s %.4f\n", curve->name, regret);
        if (regret >= worst) {
            worst = regret;
            worst_name = curve->name;
        }
    }
    printf(
        "%-18s %5.0f %% %4.0f W %3g  %4d  %5.1f %%  %6.3f %%  %6.2f %%  %4.2f (%d)  %5.1f %%  %s\n",
        gpu == NULL ? "all" : gpu, 100 * (goal->slowdown_most - 1), goal->host_watts,
        goal->delay_exponent, count, 100.0 * within / count, 100 * sum / count, 100 * worst,
        used_sum / count, most_used, 100 * saved / count, worst_name);
}

int main(int argc, char **argv)
{
    static const double slowdowns[] = {1.05, 1.10, INFINITY}, hosts[] = {0, 100, 200};
    int probes = PT_PROBE_COUNT_USUAL;
    for (int i = 1; i < argc; i++)
        if (strchr(argv[i], '.') == NULL)
            probes = atoi(argv[i]);
        else if (read_file(argv[i]) != 0)
            return 1;
    printf("%-18s %7s %6s %3s  %4s  %7s  %8s  %8s  %s  %s  worst at\n", "gpu", "slower", "host",
           "D^", "n", "<= 1 %", "mean", "worst", "probes (most)", "saved");
    for (int s = 0; s < 3; s++)
        for (int h = 0; h < 3; h++)
            measure(NULL, &(struct pt_probe_goal){slowdowns[s], hosts[h], 0}, probes);
    measure(NULL, &(struct pt_probe_goal){INFINITY, 0, 2}, probes);
    static const char *const gpus[] = {"v100",           "a40",          "p100", "rtx6000",
                                       "V100 (profile)", "A40 (profile)"};
    for (int g = 0; g < 6; g++)
        for (int s = 0; s < 3; s++)
            measure(gpus[g], &(struct pt_probe_goal){slowdowns[s], 0, 0}, probes);
    return 0;
}
