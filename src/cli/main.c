// powertrain: the verbs.

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/parse.h"
#include "cli/verb.h"

static const struct pt_verb *const verbs[] = {
    &pt_verb_train,   &pt_verb_plan,   &pt_verb_optimal,   &pt_verb_validate, &pt_verb_export,
    &pt_verb_run,     &pt_verb_meter,  &pt_verb_bills,     &pt_verb_merge,    &pt_verb_report,
    &pt_verb_compare, &pt_verb_doctor, &pt_verb_calibrate, &pt_verb_hardware, &pt_verb_grids,
    &pt_verb_replay,  &pt_verb_prices, &pt_verb_power,     &pt_verb_tune,
};
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static void print_help(FILE *stream)
{
    fputs("powertrain trains neural networks and tells what their electricity costs:\n"
          "predicted before, metered during, billed after.\n\n"
          "usage: powertrain VERB [OPTIONS] [ARGUMENTS]\n\n",
          stream);
    for (int i = 0; i < VERB_COUNT; i++)
        fprintf(stream, "  %-10s %s\n", verbs[i]->name, verbs[i]->summary);
    fputs("\npowertrain VERB --help tells more; powertrain --version the version.\n", stream);
}

static int unknown_verb(const char *name)
{
    const char *names[VERB_COUNT + 1] = {NULL};
    for (int i = 0; i < VERB_COUNT; i++)
        names[i] = verbs[i]->name;
    const char *near = pt_nearest_word(name, names);
    fprintf(stderr, "powertrain: unknown verb %s", name);
    if (near != NULL)
        fprintf(stderr, "; did you mean %s?\n", near);
    else
        fputs("; powertrain --help lists them\n", stderr);
    return PT_EXIT_USAGE;
}

static void log_to_stderr(enum pt_log_level level, const char *line, void *state)
{
    (void)level;
    (void)state;
    fprintf(stderr, "%s\n", line);
}

// A thread that waits for another one spins for milliseconds by libgomp's default. On a machine
// that is shared the other one may not be running at all, and spinning keeps it from running. With
// one other busy process on two cores the main job trained 39,000 samples a second so, and 53,000
// with a bound of 3000 turns (medians of three in turn), which costs nothing on an idle machine.
// libgomp reads its setting when it is loaded, so the program starts once more with it. Who has
// chosen a setting keeps it.
static void bound_spinning(char **argv)
{
    if (getenv("GOMP_SPINCOUNT") != NULL || getenv("OMP_WAIT_POLICY") != NULL)
        return;
    if (setenv("GOMP_SPINCOUNT", "3000", 1) == 0)
        execv("/proc/self/exe", argv); // if it fails, we are slower on a shared machine
}

// Results that could not be written are a failure.
static int flushed(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    perror("powertrain: writing to standard output");
    return code == PT_EXIT_OK ? PT_EXIT_FAILED : code;
}

static int run_verb(const struct pt_verb *verb, int argc, char **argv)
{
    if (verb->computes)
        bound_spinning(argv);
    return flushed(verb->run(verb, argc - 1, argv + 1));
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, ""); // widths of characters; numbers keep their point
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error of write, not a death
    pt_log_set_sink(log_to_stderr, NULL, PT_LOG_WARN);
    if (argc < 2) {
        print_help(stderr);
        return PT_EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return PT_EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("powertrain %s\n", pt_version());
        return PT_EXIT_OK;
    }
    for (int i = 0; i < VERB_COUNT; i++)
        if (strcmp(argv[1], verbs[i]->name) == 0)
            return run_verb(verbs[i], argc, argv);
    return unknown_verb(argv[1]);
}
