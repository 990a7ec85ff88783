// The executors, in the order of preference.

#include "job/executor.h"

const struct pt_executor_driver *const *pt_executor_drivers(void)
{
    static const struct pt_executor_driver *const drivers[] = {
        &pt_executor_local, &pt_executor_systemd, &pt_executor_slurm, &pt_executor_kubernetes,
        NULL};
    return drivers;
}
