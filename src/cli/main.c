// powertrain: the verbs.

#include <locale.h>
#include <signal.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"
#include "cli/verb.h"

static const struct pt_verb *const verbs[] = {
    &pt_verb_train,  &pt_verb_plan,      &pt_verb_meter,    &pt_verb_bills, &pt_verb_report,
    &pt_verb_doctor, &pt_verb_calibrate, &pt_verb_hardware, &pt_verb_grids,
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

// Results that could not be written are a failure.
static int flushed(int code)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return code;
    perror("powertrain: writing to standard output");
    return code == PT_EXIT_OK ? PT_EXIT_FAILED : code;
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
            return flushed(verbs[i]->run(verbs[i], argc - 1, argv + 1));
    return unknown_verb(argv[1]);
}
