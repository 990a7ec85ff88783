// What the tests of executors elsewhere share.
#ifndef PT_TEST_EXECUTOR_SUPPORT_H
#define PT_TEST_EXECUTOR_SUPPORT_H

#include "job/executor.h"
#include "job_support.h"

static inline struct pt_executor *open_job(const char *executor_name,
                                           const struct pt_job_spec *spec)
{
    struct pt_executor *executor;
    struct pt_error error;
    assert_status(pt_executor_open(executor_name, spec, &executor, &error), PT_OK, &error);
    return executor;
}

static inline struct pt_job_state look(struct pt_executor *executor)
{
    struct pt_job_state job;
    struct pt_error error;
    assert_status(pt_executor_poll(executor, &job, &error), PT_OK, &error);
    return job;
}

static inline struct pt_job_state wait_for_phase(struct pt_executor *executor,
                                                 enum pt_job_phase phase)
{
    for (int i = 0; i < WAIT_TURNS / 10 && look(executor).phase != phase; i++)
        pt_executor_wait(executor, 0.1);
    struct pt_job_state job = look(executor);
    assert_string_equal(pt_job_phase_text(job.phase), pt_job_phase_text(phase));
    return job;
}

static inline void must_start(struct pt_executor *executor)
{
    struct pt_error error;
    assert_status(pt_executor_start(executor, &error), PT_OK, &error);
}

static inline void must_suspend(struct pt_executor *executor)
{
    struct pt_error error;
    assert_status(pt_executor_suspend(executor, &error), PT_OK, &error);
}

static inline void must_resume(struct pt_executor *executor)
{
    struct pt_error error;
    assert_status(pt_executor_resume(executor, &error), PT_OK, &error);
}

static inline void must_stop(struct pt_executor *executor, double grace_seconds)
{
    struct pt_error error;
    assert_status(pt_executor_stop(executor, grace_seconds, &error), PT_OK, &error);
}

#define SCRIPT(text, argument) ((const char *const[]){"sh", "-c", text, "sh", argument, NULL})

// Whether the file holds the text.
static inline bool file_has(const char *path, const char *text)
{
    size_t length;
    if (!is_there(path))
        return false;
    char *bytes = test_read(path, &length);
    bool has = strstr(bytes, text) != NULL;
    free(bytes);
    return has;
}

#endif
