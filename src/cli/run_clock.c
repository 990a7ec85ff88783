// See run_clock.h.

#include "cli/run_clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/units.h"

enum { VARIABLE_SIZE = 128 };

static struct {
    double real_seconds, shown_seconds, factor;
} turn = {0, 0, 1};

static int64_t shown(void *unused)
{
    int64_t real_ns = pt_clock_realtime(&pt_system_clock);
    (void)unused;
    if (turn.factor == 1 && turn.real_seconds == turn.shown_seconds)
        return real_ns;
    double gone = (double)real_ns / (double)PT_NANOSECONDS_PER_SECOND - turn.real_seconds;
    return (int64_t)((turn.shown_seconds + gone * turn.factor) * (double)PT_NANOSECONDS_PER_SECOND);
}

static int64_t monotonic(void *unused)
{
    (void)unused;
    return pt_clock_monotonic(&pt_system_clock);
}

const struct pt_clock pt_run_clock = {.monotonic_ns = monotonic, .realtime_ns = shown};

int64_t pt_run_now(void)
{
    return pt_clock_realtime(&pt_run_clock);
}

double pt_run_clock_factor(void)
{
    return turn.factor;
}

enum pt_status pt_run_clock_open(struct pt_error *error)
{
    const char *text = getenv("POWERTRAIN_TEST_CLOCK");
    char copy[VARIABLE_SIZE];
    if (text == NULL)
        return PT_OK;
    if (strlen(text) < sizeof copy) {
        strcpy(copy, text);
        char *shown_at = strchr(copy, ':');
        char *factor_at = shown_at != NULL ? strchr(shown_at + 1, ':') : NULL;
        if (factor_at != NULL) {
            *shown_at = *factor_at = '\0';
            if (pt_parse_double(copy, &turn.real_seconds) &&
                pt_parse_double(shown_at + 1, &turn.shown_seconds) &&
                pt_parse_double(factor_at + 1, &turn.factor) && turn.factor > 0 &&
                turn.factor <= 1e6)
                return PT_OK;
        }
    }
    return pt_fail(error, PT_USAGE, "POWERTRAIN_TEST_CLOCK=%.60s is not REAL:SHOWN:FACTOR", text);
}
