// See supervisor.h: running less hard without any rights: resting a share of the time, and fewer
// processors. A guard lets the command run free again if the supervisor dies.

#include "job/supervisor_inner.h"

#include "job/control.h"

struct undoing {
    int pid;
    cpu_set_t all_cpus;
};

// In the guard.
static void undo(void *state)
{
    const struct undoing *undoing = state;
    pt_affinity_set_tree(undoing->pid, &undoing->all_cpus, NULL);
    pt_job_resume_tree(undoing->pid, NULL, NULL);
}

// One that died is replaced: without a guard nothing is held back.
static enum pt_status ensure_guard(struct pt_supervisor *supervisor, struct pt_error *error)
{
    struct undoing undoing = {.pid = (int)supervisor->state.process.pid,
                              .all_cpus = supervisor->all_cpus};
    if (supervisor->guard.fd >= 0 && pt_guard_arm(&supervisor->guard))
        return PT_OK;
    pt_guard_end(&supervisor->guard);
    enum pt_status status = pt_guard_start(undo, &undoing, &supervisor->guard, error);
    if (status == PT_OK && !pt_guard_arm(&supervisor->guard))
        status = pt_fail(error, PT_IO, "the guard of job %s ended", supervisor->state.id);
    return status;
}

static void disarm_if_free(struct pt_supervisor *supervisor)
{
    bool rests = supervisor->has_duty && supervisor->state.phase == PT_JOB_RUNNING;
    if (!rests && supervisor->cpu_count == 0 && supervisor->guard.fd >= 0)
        pt_guard_disarm(&supervisor->guard);
}

// ---------------------------------------------------------------------------------------- duty
// By signals and not by cgroup, which the guard could not be sure to thaw.
static void switch_to(struct pt_supervisor *supervisor, bool on)
{
    int pid = (int)supervisor->state.process.pid;
    if (on) {
        // Before the signal, so that the time that it takes counts as running.
        pt_duty_switched(&supervisor->duty, true, pt_supervisor_now_ns());
        pt_job_resume_tree(pid, NULL, NULL);
    } else {
        pt_job_suspend_tree(pid, NULL, NULL); // what waits in the kernel does not run either
        pt_duty_switched(&supervisor->duty, false, pt_supervisor_now_ns());
    }
    supervisor->is_on = on;
}

void pt_supervisor_turn_duty(struct pt_supervisor *supervisor)
{
    struct pt_error error;
    bool wants =
        pt_duty_wants_on(&supervisor->duty, pt_supervisor_now_ns(), &supervisor->duty_due_ns);
    if (wants == supervisor->is_on)
        return;
    if (!wants && ensure_guard(supervisor, &error) != PT_OK)
        return; // it runs: rather that than a command that nobody wakes
    switch_to(supervisor, wants);
    pt_duty_wants_on(&supervisor->duty, pt_supervisor_now_ns(), &supervisor->duty_due_ns);
}

// A plan that suspends is no crash, so the guard shall not wake the command then. The caller does
// to the command what it wants.
void pt_supervisor_pause_duty(struct pt_supervisor *supervisor)
{
    if (supervisor->guard.fd >= 0 && supervisor->cpu_count == 0)
        pt_guard_disarm(&supervisor->guard);
    if (supervisor->has_duty)
        pt_duty_switched(&supervisor->duty, false, pt_supervisor_now_ns());
    supervisor->is_on = true;
}

void pt_supervisor_begin_duty(struct pt_supervisor *supervisor)
{
    if (!supervisor->has_duty)
        return;
    pt_duty_begin(&supervisor->duty, supervisor->state.duty,
                  (int64_t)PT_DUTY_PERIOD_MILLISECONDS * 1000000, pt_supervisor_now_ns());
    supervisor->duty_due_ns = 0; // it is asked at once
}

enum pt_status pt_supervisor_set_duty(struct pt_supervisor *supervisor, double share,
                                      struct pt_error *error)
{
    enum pt_status status = share < 1 ? ensure_guard(supervisor, error) : PT_OK;
    if (status != PT_OK)
        return status;
    bool runs = supervisor->state.phase == PT_JOB_RUNNING;
    if (runs && !supervisor->is_on)
        switch_to(supervisor, true);
    supervisor->state.duty = share;
    supervisor->has_duty = share < 1;
    if (runs)
        pt_supervisor_begin_duty(supervisor);
    disarm_if_free(supervisor);
    pt_supervisor_save(supervisor);
    return PT_OK;
}

// ---------------------------------------------------------------------------------- processors
enum pt_status pt_supervisor_set_cpus(struct pt_supervisor *supervisor, int count,
                                      struct pt_error *error)
{
    int all = CPU_COUNT(&supervisor->all_cpus);
    if (all == 0)
        return pt_fail(error, PT_UNAVAILABLE, "the kernel does not tell the processors of job %s",
                       supervisor->state.id);
    bool is_bound = count > 0 && count < all;
    cpu_set_t set =
        is_bound ? pt_affinity_first(&supervisor->all_cpus, count) : supervisor->all_cpus;
    enum pt_status status = is_bound ? ensure_guard(supervisor, error) : PT_OK;
    if (status == PT_OK)
        status = pt_affinity_set_tree((int)supervisor->state.process.pid, &set, error);
    if (status == PT_OK)
        supervisor->cpu_count = is_bound ? count : 0;
    disarm_if_free(supervisor);
    return status;
}
