// Which job a process is of, and the nodes of a list.

#include "meter/record_job.h"
#include "support.h"

static struct pt_record_job job_of(char *const *environment)
{
    struct pt_record_job job;
    pt_record_job_read(environment, NULL, "host1", &job);
    return job;
}

static void slurm_is_known(void **unused)
{
    (void)unused;
    char *environment[] = {"SLURM_JOB_ID=1234",      "SLURM_STEP_ID=0",
                           "SLURM_JOB_NUM_NODES=2",  "SLURM_JOB_NODELIST=n[1-2]",
                           "SLURMD_NODENAME=n2",     "SLURM_RESTART_COUNT=3",
                           "SLURM_CPUS_ON_NODE=16",  "SLURM_JOB_GPUS=0,1",
                           "SLURM_CLUSTER_NAME=big", "SLURM_PROCID=5",
                           "SLURM_NTASKS=8",         NULL};
    struct pt_record_job job = job_of(environment);
    assert_string_equal(job.launcher, "slurm");
    assert_string_equal(job.key, "slurm:big:1234");
    assert_string_equal(job.step_id, "0");
    assert_string_equal(job.node, "n2");
    assert_string_equal(job.node_list, "n[1-2]");
    assert_string_equal(job.gres, "0,1");
    assert_int_equal(job.node_count, 2);
    assert_int_equal(job.attempt, 3);
    assert_int_equal(job.cpus_here, 16);
    assert_int_equal(job.rank, 5);
    assert_string_equal(pt_record_job_group(&job), "slurm:big:1234");
}

// How many tasks of the step are on this node: "2(x2),1,4(x3)" is 2 2 1 4 4 4.
static void tasks_of_this_node_are_counted(void **unused)
{
    (void)unused;
    static const int expected[] = {2, 2, 1, 4, 4, 4, 0};
    for (int node = 0; node < 7; node++) {
        char number[32], *environment[] = {"SLURM_JOB_ID=1",
                                           "SLURM_STEP_TASKS_PER_NODE=2(x2),1,4(x3)", number, NULL};
        snprintf(number, sizeof number, "SLURM_NODEID=%d", node);
        assert_int_equal(job_of(environment).ranks_here, expected[node]);
    }
    static char *const wrong[] = {"", "x", "2(", "2(x", "2(x3", "2;1", "-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char list[64], *environment[] = {"SLURM_JOB_ID=1", list, "SLURM_NODEID=1", NULL};
        snprintf(list, sizeof list, "SLURM_STEP_TASKS_PER_NODE=%s", wrong[i]);
        assert_int_equal(job_of(environment).ranks_here, 0);
    }
}

// mpirun in a job of Slurm's: the ranks are mpirun's, job and nodes are Slurm's.
static void the_inner_launcher_gives_the_rank(void **unused)
{
    (void)unused;
    char *environment[] = {"SLURM_JOB_ID=9",
                           "SLURM_PROCID=0",
                           "PMIX_NAMESPACE=prterun-1",
                           "OMPI_COMM_WORLD_RANK=3",
                           "OMPI_COMM_WORLD_SIZE=4",
                           "OMPI_COMM_WORLD_LOCAL_SIZE=4",
                           NULL};
    struct pt_record_job job = job_of(environment);
    assert_string_equal(job.key, "slurm::9");
    assert_int_equal(job.rank, 3);
    assert_int_equal(job.ranks_here, 4);
    struct pt_record_job alone = job_of(environment + 2);
    assert_string_equal(alone.key, "pmix:prterun-1");
    assert_string_equal(alone.node, "host1");
}

static void torchrun_and_mpich_are_known(void **unused)
{
    (void)unused;
    char *torch[] = {"TORCHELASTIC_RUN_ID=none",
                     "MASTER_ADDR=n1",
                     "MASTER_PORT=29500",
                     "RANK=2",
                     "WORLD_SIZE=8",
                     "LOCAL_WORLD_SIZE=4",
                     "GROUP_WORLD_SIZE=2",
                     "TORCHELASTIC_RESTART_COUNT=1",
                     NULL};
    struct pt_record_job job = job_of(torch);
    assert_string_equal(job.key, "torchrun:none:n1:29500");
    assert_int_equal(job.node_count, 2);
    assert_int_equal(job.attempt, 1);
    char *mpich[] = {"PMI_RANK=1", "PMI_SIZE=2", "PMI_PORT=n1:41001", NULL};
    job = job_of(mpich);
    assert_string_equal(job.key, "mpich:n1:41001");
    assert_int_equal(job.rank, 1);
}

static void a_name_of_the_user_is_the_group(void **unused)
{
    (void)unused;
    char *environment[] = {"SLURM_JOB_ID=9", "POWERTRAIN_RUN=big one", NULL};
    struct pt_record_job job = job_of(environment);
    assert_string_equal(pt_record_job_group(&job), "big one");
    assert_string_equal(job.key, "slurm::9");
    pt_record_job_read(environment + 1, "mine", "host1", &job); // the option before the variable
    assert_string_equal(pt_record_job_group(&job), "mine");
    assert_string_equal(job.key, "run:mine");
}

static void nothing_is_known_without_a_launcher(void **unused)
{
    (void)unused;
    char *environment[] = {"SLURM_JOB_ID=", "PATH=/bin", "SLURM_PROCIDX=4", NULL};
    struct pt_record_job job = job_of(environment);
    assert_string_equal(job.key, "");
    assert_string_equal(pt_record_job_group(&job), "");
    assert_int_equal(job.rank, -1);
    assert_int_equal(job.node_count, 0);
}

static void numbers_that_are_none_stay_unknown(void **unused)
{
    (void)unused;
    char *environment[] = {"SLURM_JOB_ID=1", "SLURM_JOB_NUM_NODES=two", "SLURM_PROCID=-4",
                           "SLURM_RESTART_COUNT=99999999999999999999", NULL};
    struct pt_record_job job = job_of(environment);
    assert_int_equal(job.node_count, 0);
    assert_int_equal(job.rank, -1);
    assert_int_equal(job.attempt, 0);
}

// names, joined by blanks
static void assert_nodes(const char *list, const char *expected)
{
    char text[1024] = "";
    const char **names;
    int64_t count;
    struct pt_error error;
    struct pt_arena *arena = pt_arena_create();
    assert_status(pt_node_list_expand(arena, list, &names, &count, &error), PT_OK, &error);
    for (int64_t i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? " " : "",
                 names[i]);
    assert_string_equal(text, expected);
    pt_arena_destroy(arena);
}

static void lists_of_nodes_are_expanded(void **unused)
{
    (void)unused;
    assert_nodes("node1", "node1");
    assert_nodes("a,b,c", "a b c");
    assert_nodes("node[1-3]", "node1 node2 node3");
    assert_nodes("node[08-11]", "node08 node09 node10 node11");
    assert_nodes("gpu1,n[1,3-4]x,z", "gpu1 n1x n3x n4x z");
    assert_nodes("r[0-1]n[1-2]", "r0n1 r0n2 r1n1 r1n2");
}

static void what_is_no_list_is_refused(void **unused)
{
    (void)unused;
    static const char *const wrong[] = {"",     "a,,b",  "n[1-3",    "n1]",   "n[3-1]", "n[]",
                                        "n[a]", "n[1-]", "n[1-2-3]", "n[,1]", "a,"};
    const char **names;
    int64_t count;
    struct pt_error error;
    struct pt_arena *arena = pt_arena_create();
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_status(pt_node_list_expand(arena, wrong[i], &names, &count, &error), PT_BAD_INPUT,
                      &error);
    assert_status(pt_node_list_expand(arena, "n[0-999999]", &names, &count, &error), PT_OVERFLOW,
                  &error);
    pt_arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slurm_is_known),
        cmocka_unit_test(tasks_of_this_node_are_counted),
        cmocka_unit_test(the_inner_launcher_gives_the_rank),
        cmocka_unit_test(torchrun_and_mpich_are_known),
        cmocka_unit_test(a_name_of_the_user_is_the_group),
        cmocka_unit_test(nothing_is_known_without_a_launcher),
        cmocka_unit_test(numbers_that_are_none_stay_unknown),
        cmocka_unit_test(lists_of_nodes_are_expanded),
        cmocka_unit_test(what_is_no_list_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
