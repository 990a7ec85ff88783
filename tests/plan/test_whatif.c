// What if, and the flags that a plan is launched with.

#include "plan_support.h"

#include "plan/launch_flags.h"
#include "plan/search_parts.h"
#include "plan/whatif.h"

static struct pt_whatif whatif; // large

static const struct pt_whatif_row *row(const char *change)
{
    for (int i = 0; i < whatif.count; i++)
        if (strncmp(whatif.rows[i].change, change, strlen(change)) == 0)
            return &whatif.rows[i];
    print_error("no row \"%s\"\n", change);
    fail();
    return NULL;
}

static struct pt_plan_figures ask(struct pt_plan_request *request, enum pt_objective objective,
                                  struct pt_arena *arena)
{
    static struct pt_search_result result;
    struct pt_search_options options = test_search_options(objective);
    struct pt_error error;
    assert_status(pt_search(request, &options, &result, &error), PT_OK, &error);
    assert_true(result.found);
    assert_status(pt_plan_what_if(arena, request, &options, &whatif, &error), PT_OK, &error);
    return result.figures_of[objective];
}

static void each_change_does_what_it_says(void **unused)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_plan_request request = test_request("gpt3-1.3b", "h100-sxm:16");
    struct pt_plan_figures now = ask(&request, PT_OPTIMIZE_TOTAL, arena);
    (void)unused;
    // Half of the time, or a little less: a shorter run loses less between its steps.
    double half = row("half the data")->figures.seconds / now.seconds;
    assert_true(half > 0.48 && half <= 0.5 + 1e-6);
    assert_true(row("fp8 instead of bf16")->figures.seconds < now.seconds);
    assert_int_equal(row("fp8 instead of bf16")->request.layout.format, PT_FORMAT_FP8);
    assert_true(row("capped at 70 %")->figures.facility_joules < now.facility_joules);
    assert_true(row("twice the devices, 32")->figures.seconds < now.seconds);
    assert_true(row("half the devices, 8")->figures.seconds > now.seconds);
    assert_near(row("a facility with a PUE of 1.1")->figures.facility_joules,
                now.facility_joules * 1.1 / 1.2, 1e-9 * now.facility_joules);
    assert_true(row("in ")->figures.energy_usd < now.energy_usd);
    assert_int_equal(row("recomputation of everything")->request.layout.recompute,
                     PT_RECOMPUTE_FULL);
    // The next generation is another one, newer and faster.
    for (int i = 0; i < whatif.count; i++)
        if (whatif.rows[i].request.cluster.accelerator != request.cluster.accelerator) {
            assert_true(whatif.rows[i].request.cluster.accelerator->year >
                        request.cluster.accelerator->year);
            assert_true(whatif.rows[i].figures.seconds < now.seconds);
        }
    pt_arena_destroy(arena);
}

static void what_saves_most_comes_first(void **unused)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_plan_request request = test_request("gpt3-1.3b", "h100-sxm:16");
    (void)unused;
    for (int objective = 0; objective < PT_OBJECTIVE_COUNT; objective++) {
        ask(&request, (enum pt_objective)objective, arena);
        assert_true(whatif.count >= 8);
        for (int i = 1; i < whatif.count; i++) {
            double a =
                pt_objective_value((enum pt_objective)objective, &whatif.rows[i - 1].figures);
            double b = pt_objective_value((enum pt_objective)objective, &whatif.rows[i].figures);
            assert_true(!whatif.rows[i].feasible || isnan(b) || a <= b);
        }
    }
    pt_arena_destroy(arena);
}

// Half of the devices cannot hold it.
static void what_does_not_fit_is_last_and_says_why(void **unused)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_plan_request request = test_request("gpt3-175b", "h100-sxm:64");
    (void)unused;
    ask(&request, PT_OPTIMIZE_TIME, arena);
    const struct pt_whatif_row *half = row("half the devices, 32");
    assert_false(half->feasible);
    assert_contains(half->reason, "memory: nearest is short by");
    assert_ptr_equal(half, &whatif.rows[whatif.count - 1]);
    pt_arena_destroy(arena);
}

static void without_a_tariff_there_is_no_other_region(void **unused)
{
    struct pt_arena *arena = pt_arena_create();
    struct pt_plan_request request = test_request("gpt3-1.3b", "h100-sxm:16");
    (void)unused;
    request.tariff = NULL;
    ask(&request, PT_OPTIMIZE_TIME, arena);
    for (int i = 0; i < whatif.count; i++)
        assert_true(strncmp(whatif.rows[i].change, "in ", 3) != 0);
    pt_arena_destroy(arena);
}

static const char *flags_in(enum pt_format format, const char *model, const char *cluster,
                            const char *layout, enum pt_framework framework)
{
    static struct pt_arena *arena;
    struct pt_plan_request request = test_plan_request(model, cluster, layout);
    request.layout.framework = framework;
    request.layout.format = format;
    if (arena == NULL)
        arena = pt_arena_create();
    const char *text = pt_launch_flags(arena, &request, framework);
    assert_non_null(text);
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
        assert_true(strchr(line, '\n') - line <= 100);
    return text;
}

static const char *flags(const char *model, const char *cluster, const char *layout,
                         enum pt_framework framework)
{
    return flags_in(PT_FORMAT_BF16, model, cluster, layout, framework);
}

static void megatron_gets_its_flags(void **unused)
{
    const char *text =
        flags("gpt3-1.3b", "h100-sxm:64", "tp=2,pp=4,dp=8,vp=2,mb=2,zero=1,recompute=full,sp",
              PT_FRAMEWORK_MEGATRON);
    static const char *const parts[] = {"--nnodes=8",
                                        "--nproc-per-node=8",
                                        "pretrain_gpt.py",
                                        "--num-layers 24",
                                        "--hidden-size 2048",
                                        "--ffn-hidden-size 8192",
                                        "--seq-length 1024",
                                        "--tensor-model-parallel-size 2",
                                        "--pipeline-model-parallel-size 4",
                                        "--num-layers-per-virtual-pipeline-stage 3",
                                        "--sequence-parallel",
                                        "--use-distributed-optimizer",
                                        "--micro-batch-size 2",
                                        "--global-batch-size 256",
                                        "--recompute-granularity full",
                                        "--bf16"};
    (void)unused;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assert_contains(text, parts[i]);
    assert_null(strstr(text, "--context-parallel-size"));
}

// Names and values as in torchtitan 0.3.0 and MaxText of August 2026.
static void torchtitan_gets_its_flags(void **unused)
{
    const char *text =
        flags("gpt3-1.3b", "h100-sxm:8", "dp=8,mb=4,zero=3,recompute=full", PT_FRAMEWORK_FSDP);
    (void)unused;
    assert_contains(text, "torchrun --nnodes=1 --nproc-per-node=8");
    assert_contains(text, "--module=MODULE --config=CONFIG");
    assert_contains(text, "--parallelism.data_parallel_shard_degree=8");
    assert_contains(text, "--parallelism.fsdp_reshard_after_forward=always");
    assert_contains(text, "--training.local_batch_size=4");
    assert_contains(text, "activation_checkpoint:full\n"); // a subcommand: behind all options
    text = flags("resnet-50", "h100-sxm:8", "dp=8,mb=32", PT_FRAMEWORK_FSDP);
    assert_contains(text, "train.py --batch-size=32 --accumulate=1");
}

static void a_pipeline_of_torchtitan_takes_the_batch_of_a_step(void **unused)
{
    const char *text = flags("gpt3-1.3b", "h100-sxm:64", "tp=2,pp=4,dp=8,vp=2,mb=2,zero=1",
                             PT_FRAMEWORK_FSDP); // 256 samples: 32 for a replica, two at a time
    (void)unused;
    assert_contains(text, "--training.local_batch_size=32");
    assert_contains(text, "--parallelism.pipeline_parallel_microbatch_size=2");
    assert_contains(text, "--training.global_batch_size=256");
    assert_contains(text, "--parallelism.pipeline_parallel_schedule=Interleaved1F1B");
    assert_contains(text, "--parallelism.pipeline_parallel_layers_per_stage=3"); // 24 / (4 x 2)
    assert_contains(text, "--parallelism.no-enable_sequence_parallel");
    assert_contains(text, "activation_checkpoint:none");
}

static void maxtext_gets_its_flags(void **unused)
{
    const char *text = flags("gpt3-1.3b", "tpu-v4:8", "tp=2,dp=4,mb=4,zero=3", PT_FRAMEWORK_XLA);
    (void)unused;
    assert_contains(text, "python3 -m maxtext.trainers.pre_train.train");
    assert_contains(text, "ici_fsdp_parallelism=4");
    assert_contains(text, "ici_tensor_parallelism=2");
    assert_contains(text, "per_device_batch_size=2 "); // 4 replicas of 4 samples on 8 devices
    assert_contains(text, "gradient_accumulation_steps=16");
    assert_contains(text, "remat_policy=minimal_with_context");
    text = flags("gpt3-1.3b", "tpu-v4:8", "pp=2,dp=4,mb=4", PT_FRAMEWORK_XLA);
    assert_contains(text, "ici_pipeline_parallelism=2");
    assert_contains(text, "num_layers_per_pipeline_stage=12");
    assert_contains(text, "num_pipeline_microbatches=16");
    assert_contains(text, "per_device_batch_size=32 "); // 256 samples on 8 devices
    assert_contains(text, "gradient_accumulation_steps=1 ");
}

static void eight_bits_have_a_name_in_each(void **unused)
{
    static const struct {
        const char *cluster, *text;
        enum pt_framework framework;
    } cases[] = {
        {"tpu-v6e:8", "quantization=int8", PT_FRAMEWORK_XLA},
        {"tpu-v7:8", "quantization=fp8_full", PT_FRAMEWORK_XLA},
        {"h100-sxm:8", "quantization=fp8_gpu", PT_FRAMEWORK_XLA},
        {"mi300x:8", "quantization=nanoo_fp8", PT_FRAMEWORK_XLA},
        {"h100-sxm:8", "--fp8-format hybrid", PT_FRAMEWORK_MEGATRON},
        {"h100-sxm:8", "--config=FLOAT8_CONFIG", PT_FRAMEWORK_FSDP},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_contains(flags_in(PT_FORMAT_FP8, "gpt3-1.3b", cases[i].cluster, "dp=8,mb=4,zero=3",
                                 cases[i].framework),
                        cases[i].text);
}

static void megatron_shards_more_by_its_own_fsdp(void **unused)
{
    const char *text = flags("gpt3-1.3b", "h100-sxm:8", "dp=8,mb=4,zero=3", PT_FRAMEWORK_MEGATRON);
    (void)unused;
    assert_contains(text, "--use-megatron-fsdp --ckpt-format fsdp_dtensor");
    assert_contains(text, "--data-parallel-sharding-strategy optim_grads_params");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_change_does_what_it_says),
        cmocka_unit_test(what_saves_most_comes_first),
        cmocka_unit_test(what_does_not_fit_is_last_and_says_why),
        cmocka_unit_test(without_a_tariff_there_is_no_other_region),
        cmocka_unit_test(megatron_gets_its_flags),
        cmocka_unit_test(megatron_shards_more_by_its_own_fsdp),
        cmocka_unit_test(torchtitan_gets_its_flags),
        cmocka_unit_test(a_pipeline_of_torchtitan_takes_the_batch_of_a_step),
        cmocka_unit_test(maxtext_gets_its_flags),
        cmocka_unit_test(eight_bits_have_a_name_in_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
