// Which job a process belongs to, as its launcher tells it in the environment: Slurm, Open MPI and
// whatever speaks PMIx, MPICH, torchrun, or the user by POWERTRAIN_RUN.
#ifndef PT_METER_RECORD_JOB_H
#define PT_METER_RECORD_JOB_H

#include "base/arena.h"

enum { PT_JOB_TEXT_SIZE = 128, PT_JOB_LIST_SIZE = 2048, PT_JOB_NODES_MAX = 65536 };

struct pt_record_job {
    char launcher[16];               // "slurm", "pmix", "mpich", "torchrun"; "" nobody tells
    char run_name[PT_JOB_TEXT_SIZE]; // by the user; attempts of one run share it
    char key[PT_JOB_TEXT_SIZE];      // the same for all processes of a job on all its nodes
    char job_id[PT_JOB_TEXT_SIZE], step_id[32];
    char node[64];                        // as the launcher calls this node, else the host's name
    char node_list[PT_JOB_LIST_SIZE];     // "node[01-04,07]"; "" unknown
    char gres[PT_JOB_TEXT_SIZE];          // "gpu:0,1"
    int64_t node_count;                   // of the job; 0 unknown
    int64_t rank, rank_count, ranks_here; // rank -1, counts 0: unknown
    int64_t cpus_here;                    // 0 unknown
    int64_t attempt;                      // how often the job was started again, from 0
};

// environment as in environ; run_name NULL: that of POWERTRAIN_RUN, if any. Texts that are too long
// are cut.
void pt_record_job_read(char *const *environment, const char *run_name, const char *host,
                        struct pt_record_job *ret_job);
// What attempts of one run have in common: the run's name, else the job's key; "" for neither.
const char *pt_record_job_group(const struct pt_record_job *job);
// The value of a variable, NULL if it is not set or empty.
const char *pt_environment(char *const *environment, const char *name);

// The names in a list of Slurm's, "gpu1,node[01-03,7]x[0-1]". PT_BAD_INPUT if it is none;
// PT_OVERFLOW beyond PT_JOB_NODES_MAX.
enum pt_status pt_node_list_expand(struct pt_arena *arena, const char *list,
                                   const char ***ret_names, int64_t *ret_count,
                                   struct pt_error *error);

#endif
