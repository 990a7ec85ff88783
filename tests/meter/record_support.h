// Records written by hand for tests: a run of known watts, a line a second.
#ifndef PT_TEST_RECORD_SUPPORT_H
#define PT_TEST_RECORD_SUPPORT_H

#include "meter/record_merge.h"
#include "support.h"

#define SECOND INT64_C(1000000000)

struct written {
    struct pt_record_run run;
    int64_t start_ns, date_ns; // monotonic; date of monotonic 0
    double our_watts, machine_watts;
    const char *channel; // one channel; NULL: "package:package-0"
    enum pt_provenance provenance;
    bool counts_machine;
};

// uid is 32 times one digit.
static inline struct written written_run(char digit, const char *boot, const char *host)
{
    struct written written = {.date_ns = 1700000000 * SECOND,
                              .our_watts = 50,
                              .machine_watts = 100,
                              .provenance = PT_MEASURED};
    memset(written.run.uid, digit, PT_RECORD_UID_SIZE - 1);
    snprintf(written.run.boot_id, sizeof written.run.boot_id, "%s", boot);
    snprintf(written.run.host, sizeof written.run.host, "%s", host);
    snprintf(written.run.job.node, sizeof written.run.job.node, "%s", host);
    written.run.job.rank = -1;
    return written;
}

// The totals after so many seconds; two phases, a third and two thirds of the energy.
static inline struct pt_record_state written_state(const struct written *written, int64_t number,
                                                   double seconds)
{
    struct pt_record_state state = {
        .number = number,
        .start_monotonic_ns = written->start_ns,
        .monotonic_ns = written->start_ns + (int64_t)(seconds * 1e9),
        .realtime_ns = written->date_ns + written->start_ns + (int64_t)(seconds * 1e9),
        .seconds = seconds,
        .cpu_seconds = seconds,
        .coverage = 1,
        .counts_machine = written->counts_machine,
        .joules = pt_quantity_relative(written->our_watts * seconds, 0.1, written->provenance),
        .machine_joules =
            pt_quantity_relative(written->machine_watts * seconds, 0.1, written->provenance),
        .phase = "backward",
        .channel_count = 1,
        .phase_count = 2,
    };
    const char *channel = written->channel != NULL ? written->channel : "package:package-0";
    snprintf(state.channels[0].id, sizeof state.channels[0].id, "%s", channel);
    state.channels[0].scope = strncmp(channel, "gpu", 3) == 0    ? PT_CHANNEL_GPU
                              : strncmp(channel, "wall", 4) == 0 ? PT_CHANNEL_WALL
                                                                 : PT_CHANNEL_PACKAGE;
    state.channels[0].machine_joules = written->machine_watts * seconds;
    state.channels[0].our_joules = written->our_watts * seconds;
    state.channels[0].provenance = written->provenance;
    static const char *const names[] = {"forward", "backward"};
    for (int i = 0; i < 2; i++) {
        snprintf(state.phases[i].name, sizeof state.phases[i].name, "%s", names[i]);
        state.phases[i].seconds = seconds * (i + 1) / 3;
        state.phases[i].joules = pt_quantity_scale(state.joules, (i + 1) / 3.0);
    }
    return state;
}

static inline void add_line(struct pt_record_set *set, const char *line, size_t length)
{
    struct pt_error error;
    assert_true(length > 1);
    assert_status(pt_record_set_add(set, line, length - 1, &error), PT_OK, &error);
}

// The run line, and a line after each second from first to last.
static inline void write_seconds(struct pt_record_set *set, const struct written *written,
                                 int first, int last)
{
    static char line[PT_RECORD_LINE_MAX];
    add_line(set, line, pt_record_format_run(&written->run, line, sizeof line));
    for (int second = first; second <= last; second++) {
        struct pt_record_state state = written_state(written, second, second);
        add_line(set, line, pt_record_format_state(&written->run, &state, line, sizeof line));
    }
}

static inline void write_end(struct pt_record_set *set, const struct written *written, int status)
{
    char line[1024];
    struct pt_record_end end = {.exit_status = status};
    add_line(set, line, pt_record_format_end(&written->run, 1, &end, line, sizeof line));
}

// All of the set.
static inline struct pt_merge merged(struct pt_record_set *set)
{
    struct pt_merge merge;
    struct pt_error error;
    pt_record_set_finish(set);
    assert_status(pt_merge_make(set->arena, set, NULL, &merge, &error), PT_OK, &error);
    return merge;
}

#endif
