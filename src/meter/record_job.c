// See record_job.h. Sources: srun(1) of Slurm 22.05, "OUTPUT ENVIRONMENT VARIABLES"; Open MPI 4.1
// and 5.0, "Environment variables that Open MPI sets"; PyTorch, torch.distributed.run; Hydra of
// MPICH 4.

#include "meter/record_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

const char *pt_environment(char *const *environment, const char *name)
{
    size_t length = strlen(name);
    for (int i = 0; environment != NULL && environment[i] != NULL; i++)
        if (strncmp(environment[i], name, length) == 0 && environment[i][length] == '=')
            return environment[i][length + 1] != '\0' ? environment[i] + length + 1 : NULL;
    return NULL;
}

static void take_text(char *field, size_t size, char *const *environment, const char *name)
{
    const char *text = pt_environment(environment, name);
    if (text != NULL)
        snprintf(field, size, "%s", text);
}

// otherwise if it is not set or no number that can be.
static int64_t number(char *const *environment, const char *name, int64_t otherwise)
{
    int64_t value;
    const char *text = pt_environment(environment, name);
    return text != NULL && pt_parse_int64(text, &value) && value >= 0 ? value : otherwise;
}

// "2(x3),1": two tasks on each of three nodes, one on the next. 0 if node is beyond it, or it is
// written in another way.
static int64_t tasks_on(const char *list, int64_t node)
{
    while (list != NULL && *list != '\0') {
        long long tasks = 0, nodes = 1;
        int length = 0;
        if (sscanf(list, "%9lld%n", &tasks, &length) != 1 || tasks < 0)
            return 0;
        list += length;
        length = 0;
        if (*list == '(' && (sscanf(list, "(x%9lld)%n", &nodes, &length) != 1 || length == 0))
            return 0;
        list += length;
        if (node < nodes)
            return tasks;
        node -= nodes;
        if (*list == ',')
            list++;
        else if (*list != '\0')
            return 0;
    }
    return 0;
}

static void read_slurm(char *const *environment, struct pt_record_job *job)
{
    snprintf(job->launcher, sizeof job->launcher, "slurm");
    take_text(job->job_id, sizeof job->job_id, environment, "SLURM_JOB_ID");
    take_text(job->step_id, sizeof job->step_id, environment, "SLURM_STEP_ID");
    take_text(job->node, sizeof job->node, environment, "SLURMD_NODENAME");
    take_text(job->node_list, sizeof job->node_list, environment, "SLURM_NODELIST");
    take_text(job->node_list, sizeof job->node_list, environment, "SLURM_JOB_NODELIST");
    take_text(job->gres, sizeof job->gres, environment, "SLURM_GPUS_ON_NODE");
    take_text(job->gres, sizeof job->gres, environment, "SLURM_JOB_GPUS");
    take_text(job->gres, sizeof job->gres, environment, "SLURM_STEP_GPUS");
    job->node_count = number(environment, "SLURM_NNODES", 0);
    job->node_count = number(environment, "SLURM_JOB_NUM_NODES", job->node_count);
    job->rank = number(environment, "SLURM_PROCID", -1);
    job->rank_count = number(environment, "SLURM_NTASKS", 0);
    job->cpus_here = number(environment, "SLURM_CPUS_ON_NODE", 0);
    // That of the step: the script of a job is one process, whatever steps it will start.
    job->ranks_here = tasks_on(pt_environment(environment, "SLURM_STEP_TASKS_PER_NODE"),
                               number(environment, "SLURM_NODEID", 0));
    job->attempt = number(environment, "SLURM_RESTART_COUNT", 0);
    const char *cluster = pt_environment(environment, "SLURM_CLUSTER_NAME");
    snprintf(job->key, sizeof job->key, "slurm:%.50s:%.60s", cluster != NULL ? cluster : "",
             job->job_id);
}

static void read_pmix(char *const *environment, struct pt_record_job *job)
{
    const char *space = pt_environment(environment, "PMIX_NAMESPACE");
    const char *job_id = pt_environment(environment, "OMPI_MCA_ess_base_jobid");
    snprintf(job->launcher, sizeof job->launcher, "pmix");
    snprintf(job->job_id, sizeof job->job_id, "%s", space != NULL ? space : job_id);
    snprintf(job->key, sizeof job->key, "pmix:%.100s", job->job_id);
    job->rank = number(environment, "OMPI_COMM_WORLD_RANK", number(environment, "PMIX_RANK", -1));
    job->rank_count = number(environment, "OMPI_COMM_WORLD_SIZE", 0);
    job->ranks_here = number(environment, "OMPI_COMM_WORLD_LOCAL_SIZE", 0);
}

// The port on which hydra listens tells its jobs apart.
static void read_mpich(char *const *environment, struct pt_record_job *job)
{
    snprintf(job->launcher, sizeof job->launcher, "mpich");
    const char *port = pt_environment(environment, "PMI_PORT");
    const char *job_id = pt_environment(environment, "PMI_JOBID");
    const char *name = job_id != NULL ? job_id : port;
    if (name != NULL) {
        snprintf(job->job_id, sizeof job->job_id, "%s", name);
        snprintf(job->key, sizeof job->key, "mpich:%.100s", name);
    }
    job->rank = number(environment, "PMI_RANK", -1);
    job->rank_count = number(environment, "PMI_SIZE", 0);
    job->ranks_here = number(environment, "MPI_LOCALNRANKS", 0);
}

static void read_torchrun(char *const *environment, struct pt_record_job *job)
{
    const char *address = pt_environment(environment, "MASTER_ADDR");
    const char *port = pt_environment(environment, "MASTER_PORT");
    const char *id = pt_environment(environment, "TORCHELASTIC_RUN_ID");
    snprintf(job->launcher, sizeof job->launcher, "torchrun");
    snprintf(job->job_id, sizeof job->job_id, "%s", id);
    snprintf(job->key, sizeof job->key, "torchrun:%.50s:%.50s:%.8s", id,
             address != NULL ? address : "", port != NULL ? port : "");
    job->rank = number(environment, "RANK", -1);
    job->rank_count = number(environment, "WORLD_SIZE", 0);
    job->ranks_here = number(environment, "LOCAL_WORLD_SIZE", 0);
    job->node_count = number(environment, "GROUP_WORLD_SIZE", 0);
    job->attempt = number(environment, "TORCHELASTIC_RESTART_COUNT", 0);
}

void pt_record_job_read(char *const *environment, const char *run_name, const char *host,
                        struct pt_record_job *ret_job)
{
    struct pt_record_job *job = ret_job;
    *job = (struct pt_record_job){.rank = -1};
    snprintf(job->node, sizeof job->node, "%s", host);
    // The innermost launcher first: mpirun may run in a job of Slurm's, and then its ranks are the
    // processes; but the job that is started again, and its nodes, are Slurm's.
    if (pt_environment(environment, "TORCHELASTIC_RUN_ID") != NULL)
        read_torchrun(environment, job);
    else if (pt_environment(environment, "PMIX_NAMESPACE") != NULL ||
             pt_environment(environment, "OMPI_MCA_ess_base_jobid") != NULL)
        read_pmix(environment, job);
    else if (pt_environment(environment, "PMI_RANK") != NULL)
        read_mpich(environment, job);
    if (pt_environment(environment, "SLURM_JOB_ID") != NULL) {
        struct pt_record_job inner = *job;
        read_slurm(environment, job);
        if (inner.launcher[0] != '\0') {
            job->rank = inner.rank;
            job->rank_count = inner.rank_count;
            job->ranks_here = inner.ranks_here;
        }
    }
    if (run_name == NULL)
        run_name = pt_environment(environment, "POWERTRAIN_RUN");
    if (run_name != NULL)
        snprintf(job->run_name, sizeof job->run_name, "%s", run_name);
    if (job->key[0] == '\0' && run_name != NULL)
        snprintf(job->key, sizeof job->key, "run:%.120s", run_name);
}

const char *pt_record_job_group(const struct pt_record_job *job)
{
    return job->run_name[0] != '\0' ? job->run_name : job->key;
}
