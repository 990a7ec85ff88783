// See duty.h.

#include "job/duty.h"

#include <assert.h>
#include <math.h>

// Runs and rests below this are not worth two signals to every process: they are put together.
enum { LEAST_NS = 20000000 };

void pt_duty_begin(struct pt_duty *duty, double share, int64_t period_ns, int64_t now_ns)
{
    assert(share > 0 && share < 1 && period_ns > 2 * (int64_t)LEAST_NS);
    *duty = (struct pt_duty){
        .share = share,
        .period_ns = period_ns,
        .begun_ns = now_ns,
        .is_on = true,
        .on_since_ns = now_ns,
    };
}

static int64_t on_until(const struct pt_duty *duty, int64_t now_ns)
{
    return duty->on_ns + (duty->is_on ? now_ns - duty->on_since_ns : 0);
}

// After a machine that slept, or a loop that was held up for long, there is nothing to make good.
static void forget_a_jump(struct pt_duty *duty, int64_t now_ns)
{
    double behind_ns =
        duty->share * (double)(now_ns - duty->begun_ns) - (double)on_until(duty, now_ns);
    if (fabs(behind_ns) <= 2.0 * (double)duty->period_ns)
        return;
    duty->begun_ns = now_ns;
    duty->on_ns = 0;
    duty->on_since_ns = now_ns;
}

bool pt_duty_wants_on(struct pt_duty *duty, int64_t now_ns, int64_t *ret_due_ns)
{
    forget_a_jump(duty, now_ns);
    int64_t period = (now_ns - duty->begun_ns) / duty->period_ns;
    int64_t end_ns = duty->begun_ns + (period + 1) * duty->period_ns;
    int64_t target_ns = (int64_t)(duty->share * (double)(end_ns - duty->begun_ns));
    int64_t left_ns = target_ns - on_until(duty, now_ns);
    int64_t stop_ns = now_ns + left_ns;
    bool wants = left_ns > (duty->is_on ? 0 : LEAST_NS);
    if (wants && end_ns - stop_ns < LEAST_NS) // too short a rest
        stop_ns = end_ns;
    *ret_due_ns = wants ? stop_ns : end_ns;
    return wants;
}

void pt_duty_switched(struct pt_duty *duty, bool is_on, int64_t now_ns)
{
    if (duty->is_on && !is_on)
        duty->on_ns += now_ns - duty->on_since_ns;
    if (!duty->is_on && is_on)
        duty->on_since_ns = now_ns;
    duty->is_on = is_on;
}

double pt_duty_share_so_far(const struct pt_duty *duty, int64_t now_ns)
{
    int64_t passed_ns = now_ns - duty->begun_ns;
    return passed_ns > 0 ? (double)on_until(duty, now_ns) / (double)passed_ns : NAN;
}
