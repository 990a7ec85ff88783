// The output of a job that outlives whoever started it: files, from which we pass it on.

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"
#include "cli/run_job.h"

enum { PIECE = 16384, REGEX_SIZE = 2048 };

// "17/1000", or "45" for a percentage.
static double fraction_in(const char *text)
{
    double done, all = 100;
    char part[PT_PHASE_NAME_SIZE];
    snprintf(part, sizeof part, "%s", text);
    char *slash = strchr(part, '/');
    if (slash != NULL) {
        *slash = '\0';
        if (!pt_parse_double(slash + 1, &all))
            return NAN;
    }
    if (!pt_parse_double(part, &done) || !(all > 0) || !(done >= 0) || done > all)
        return NAN;
    return done / all;
}

static void take_progress(void *state, const char *name, int64_t time_ns)
{
    struct pt_run_output *output = state;
    double fraction = fraction_in(name);
    (void)time_ns;
    if (isfinite(fraction))
        output->fraction = fraction;
}

// Two parentheses are a step and how many there are, one is a percentage.
static enum pt_status compile(struct pt_run_output *output, const char *regex,
                              struct pt_error *error)
{
    char two[REGEX_SIZE], one[REGEX_SIZE];
    const char *text = two;
    if (strlen(regex) + 8 >= sizeof two)
        return pt_fail(error, PT_USAGE, "--progress-regex is longer than %d characters",
                       REGEX_SIZE - 8);
    snprintf(two, sizeof two, "$1/$2=%s", regex);
    snprintf(one, sizeof one, "$1=%s", regex);
    if (pt_phase_patterns_compile(&text, 1, &output->patterns, NULL) == PT_OK)
        return PT_OK;
    text = one;
    if (pt_phase_patterns_compile(&text, 1, &output->patterns, NULL) == PT_OK)
        return PT_OK;
    return pt_fail(
        error, PT_USAGE,
        "--progress-regex %s: wants two parentheses, the step and how many there are, as "
        "'step (\\d+)/(\\d+)', or one, a percentage",
        regex);
}

static int open_file(const char *path, bool truncates)
{
    return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | (truncates ? O_TRUNC : 0), 0600);
}

enum pt_status pt_run_output_open(struct pt_run_output *output, const struct pt_run_choice *choice,
                                  const char *folder, const char *id, bool begins_anew,
                                  struct pt_error *error)
{
    enum pt_status status = PT_OK;
    *output = (struct pt_run_output){
        .inherits = choice->inherit_output, .out_fd = -1, .err_fd = -1, .fraction = NAN};
    pt_phase_book_init(&output->book, "command");
    snprintf(output->out_path, sizeof output->out_path, "%.3900s/%s.out", folder, id);
    snprintf(output->err_path, sizeof output->err_path, "%.3900s/%s.err", folder, id);
    if (choice->progress_regex != NULL) {
        if (output->inherits)
            return pt_fail(
                error, PT_USAGE,
                "--progress-regex reads the output, which --inherit-output leaves alone");
        status = compile(output, choice->progress_regex, error);
        output->scanner = (struct pt_phase_scanner){
            .patterns = output->patterns, .take = take_progress, .state = output};
    }
    if (status != PT_OK || output->inherits)
        return status;
    output->out_fd = open_file(output->out_path, begins_anew);
    output->err_fd = open_file(output->err_path, begins_anew);
    if (output->out_fd < 0 || output->err_fd < 0)
        return pt_fail_errno(error, errno, "%.200s, for what the command writes", output->out_path);
    return PT_OK;
}

// ---------------------------------------------------------------------------- while it is started
// What a program says of its steps (docs/phases.md) is heard as long as this process lives.
static void listen(struct pt_run_output *output)
{
    pt_phase_channel_close(output->channel);
    output->channel = NULL;
    if (pt_phase_channel_open(&output->book, &output->channel, NULL) != PT_OK)
        output->channel = NULL;
    else
        pt_phase_channel_export(output->channel, NULL);
}

enum pt_status pt_run_output_divert(struct pt_run_output *output, int saved[3],
                                    struct pt_error *error)
{
    fflush(stdout);
    fflush(stderr);
    saved[0] = saved[1] = saved[2] = -1;
    listen(output);
    if (output->inherits)
        return PT_OK;
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (int i = 0; i < 3; i++)
        saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
    bool failed = (isatty(0) && nothing >= 0 && dup2(nothing, 0) < 0) ||
                  dup2(output->out_fd, 1) < 0 || dup2(output->err_fd, 2) < 0;
    int number = errno;
    if (nothing >= 0)
        close(nothing);
    if (!failed)
        return PT_OK;
    pt_run_output_restore(output, saved);
    return pt_fail_errno(error, number, "the output of the command cannot be kept");
}

void pt_run_output_restore(struct pt_run_output *output, const int saved[3])
{
    for (int i = 0; i < 3; i++)
        if (saved[i] >= 0) {
            dup2(saved[i], i);
            close(saved[i]);
        }
    if (output->channel != NULL && pt_phase_channel_start(output->channel, NULL) != PT_OK) {
        pt_phase_channel_close(output->channel);
        output->channel = NULL;
    }
}

// ------------------------------------------------------------------------------------ passing on
static void write_all(int fd, const char *bytes, ssize_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, (size_t)length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return; // the terminal is gone; the file has it
        bytes += written;
        length -= written;
    }
}

static void pump(struct pt_run_output *output, int fd, int to, int64_t *offset)
{
    char bytes[PIECE];
    ssize_t length;
    while (fd >= 0 && (length = pread(fd, bytes, sizeof bytes, (off_t)*offset)) > 0) {
        write_all(to, bytes, length);
        if (output->patterns != NULL)
            pt_phase_scanner_feed(&output->scanner, bytes, (size_t)length,
                                  pt_clock_monotonic(&pt_system_clock));
        *offset += length;
    }
}

static void hear(struct pt_run_output *output)
{
    if (output->channel == NULL)
        return;
    pt_phase_book_catch_up(&output->book);
    struct pt_phase_facts facts = pt_phase_book_facts(&output->book);
    if (facts.steps > 0 && facts.step >= 0 && facts.step <= facts.steps)
        output->fraction = facts.step / facts.steps;
}

void pt_run_output_pump(struct pt_run_output *output, struct pt_run_journal *journal)
{
    pump(output, output->out_fd, 1, &journal->out_offset);
    pump(output, output->err_fd, 2, &journal->err_offset);
    hear(output);
    if (isfinite(output->fraction))
        journal->fraction = output->fraction;
}

void pt_run_output_close(struct pt_run_output *output)
{
    pt_phase_channel_close(output->channel);
    pt_phase_patterns_destroy(output->patterns);
    pt_phase_book_close(&output->book);
    if (output->out_fd >= 0)
        close(output->out_fd);
    if (output->err_fd >= 0)
        close(output->err_fd);
}
