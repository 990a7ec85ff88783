// A plan of one layout: its laws, its intervals, and what it refuses.

#include "plan_support.h"

#include "plan/evaluate.h"
#include "plan/plan.h"

static struct pt_arena *arena;

static int set_up(void **unused)
{
    (void)unused;
    arena = pt_arena_create();
    return arena == NULL;
}

static int tear_down(void **unused)
{
    (void)unused;
    pt_arena_destroy(arena);
    return 0;
}

static struct pt_plan make(const struct pt_plan_request *request)
{
    struct pt_plan plan;
    struct pt_error error;
    assert_status(pt_plan_make(arena, request, &plan, &error), PT_OK, &error);
    return plan;
}

static void refused(const struct pt_plan_request *request, const char *part)
{
    struct pt_plan plan;
    struct pt_error error;
    assert_status(pt_plan_make(arena, request, &plan, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, part);
    assert_int_equal(error.status, PT_BAD_INPUT);
}

static struct pt_plan_request on_eight(void)
{
    return test_plan_request("gpt3-1.3b", "h100-sxm:8", "dp=8,mb=2,zero=1");
}

static void same(double a, double b)
{
    assert_near(a, b, 1e-9 * fabs(b));
}

// With a goodput that is stated, or a stated loss; a usual loss grows with the run, a little.
static void twice_the_tokens_are_twice_of_all(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan usual = make(&request);
    request.tokens *= 2;
    struct pt_plan usual_twice = make(&request);
    assert_true(usual_twice.seconds.value >= 2 * usual.seconds.value);
    assert_true(usual_twice.seconds.value < 2.05 * usual.seconds.value);
    request = on_eight();
    request.goodput.other_loss = 0.1;
    struct pt_plan once = make(&request);
    request.tokens *= 2;
    struct pt_plan twice = make(&request);
    (void)unused;
    same(twice.model_flop, 2 * once.model_flop);
    same(twice.seconds.value, 2 * once.seconds.value);
    same(twice.energy_joules.value, 2 * once.energy_joules.value);
    same(twice.price.total_usd.value, 2 * once.price.total_usd.value);
    same(twice.step_seconds.value, once.step_seconds.value);
}

static void the_parts_of_a_step_and_their_energy_add_up(void **unused)
{
    struct pt_plan_request request =
        test_plan_request("gpt3-1.3b", "h100-sxm:64", "tp=2,pp=4,dp=8,vp=2,mb=2,zero=1,sp");
    struct pt_plan plan = make(&request);
    double seconds = 0, joules = 0;
    (void)unused;
    for (int i = 0; i < PT_STEP_PART_COUNT; i++) {
        seconds += plan.step.part_seconds[i];
        joules += plan.part_joules[i].value;
        assert_true(plan.part_joules[i].value >= 0);
    }
    same(seconds, plan.step_seconds.value);
    same(joules, plan.energy_joules.value);
    same(plan.facility_watts.value * plan.seconds.value, plan.energy_joules.value);
    // Steps of 256 samples of 1024 tokens, and the time that they take of it all.
    same(plan.steps, 30e9 / (256 * 1024));
    same(plan.steps * plan.step_seconds.value / plan.goodput.value, plan.seconds.value);
    same(plan.device_hours.value, plan.seconds.value * 64 / 3600);
}

// Energy times price, and grams: the tariff is exact, so the plain numbers follow from the joules.
static void money_and_carbon_follow_from_the_energy(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan plan = make(&request);
    double kwh = plan.energy_joules.value / 3.6e6;
    (void)unused;
    same(plan.price.energy_money.value, 0.10 * kwh);
    same(plan.price.carbon_grams.value, 400 * kwh);
    same(plan.figures.energy_usd, 0.10 * kwh);
    same(plan.figures.operational_grams, 400 * kwh);
    request.price.rent_usd_per_hour = 2.5;
    plan = make(&request);
    same(plan.price.hardware_usd.value, 2.5 * plan.device_hours.value);
    same(plan.price.total_usd.value, 0.10 * kwh + 2.5 * plan.device_hours.value);
}

static void a_negative_price_is_a_price(void **unused)
{
    struct pt_tariff tariff = *test_tariff();
    struct pt_plan_request request = on_eight();
    (void)unused;
    tariff.price_per_kwh = pt_quantity_exact(-0.02);
    request.tariff = &tariff;
    assert_true(make(&request).price.energy_money.value < 0);
}

static void without_a_tariff_money_is_missing_and_not_zero(void **unused)
{
    struct pt_plan_request request = on_eight();
    (void)unused;
    request.tariff = NULL;
    struct pt_plan plan = make(&request);
    assert_false(pt_quantity_known(plan.price.energy_money));
    assert_false(pt_quantity_known(plan.price.carbon_grams));
    assert_true(isnan(plan.figures.energy_usd));
    assert_true(plan.energy_joules.value > 0);
}

static void facility_energy_grows_with_the_pue(void **unused)
{
    struct pt_tariff tariff = *test_tariff();
    struct pt_plan_request request = on_eight();
    double joules = make(&request).energy_joules.value;
    (void)unused;
    tariff.pue = pt_quantity_exact(1.5);
    request.tariff = &tariff;
    same(make(&request).energy_joules.value, joules * 1.5 / 1.2);
}

static void what_fits_fits_with_more_memory(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan plan = make(&request);
    struct pt_accelerator small = *request.cluster.accelerator;
    (void)unused;
    request.cluster.accelerator = &small;
    assert_true(plan.feasible);
    request.memory_reserve_share = 0;
    small.memory_bytes = plan.memory_bytes.value * 1.001;
    assert_true(make(&request).feasible);
    small.memory_bytes = plan.memory_bytes.value - 3.25 * 1073741824.0;
    plan = make(&request);
    assert_false(plan.feasible);
    assert_contains(plan.reason, "short by 3.25 GiB at stage 0");
    assert_null(strstr(plan.reason, "reserve"));
}

// A fifth of the memory stays free: what fits needs at most 0.8 of it.
static void a_reserve_stays_free(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan plan = make(&request);
    struct pt_accelerator small = *request.cluster.accelerator;
    struct pt_error error;
    (void)unused;
    request.cluster.accelerator = &small;
    request.memory_reserve_share = 0.2;
    small.memory_bytes = plan.memory_bytes.value / 0.8 * 1.001;
    assert_true(make(&request).feasible);
    small.memory_bytes = plan.memory_bytes.value / 0.8 * 0.999;
    plan = make(&request);
    assert_false(plan.feasible);
    assert_contains(plan.reason, "with 20 % in reserve");
    request.memory_reserve_share = NAN;
    assert_status(pt_plan_check(&request, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "memory reserve");
}

// bf16 with Megatron-LM: 2 + 4 and masters of 4 bytes; two moments in 8 bits are 2 x (1 + 4 / 256).
static void moments_in_8_bits_take_a_quarter_and_their_scales(void **unused)
{
    struct pt_plan_request request = on_eight();
    double wide = make(&request).step.memory.optimizer;
    struct pt_error error;
    (void)unused;
    assert_status(pt_plan_optimizer_parse("AdamW-8bit", &request, &error), PT_OK, &error);
    assert_int_equal(request.optimizer, PT_ADAMW);
    memset(&request.layout.states, 0, sizeof request.layout.states);
    struct pt_plan plan = make(&request);
    assert_near(plan.layout.states.optimizer, 4 + 2 * (1 + 4.0 / 256), 1e-12);
    assert_near(plan.step.memory.optimizer / wide, (4 + 2.03125) / 12, 1e-9);
    request.layout.format = PT_FORMAT_FP32; // weights are their own masters
    memset(&request.layout.states, 0, sizeof request.layout.states);
    assert_near(make(&request).layout.states.optimizer, 2.03125, 1e-12);
    assert_status(pt_plan_optimizer_parse("lion8bit", &request, &error), PT_OK, &error);
    assert_near(make(&request).layout.states.optimizer, 1.015625, 1e-12);
    assert_status(pt_plan_optimizer_parse("muon8bit", &request, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "known: adam8bit");
    assert_status(pt_plan_optimizer_parse("8bit", &request, &error), PT_BAD_INPUT, &error);
    assert_true(request.optimizer_in_8_bits);
    assert_status(pt_plan_optimizer_parse("adam", &request, &error), PT_OK, &error);
    assert_false(request.optimizer_in_8_bits);
}

static void intervals_hold_their_median_and_narrow_with_knowledge(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan known = make(&request);
    request.knowledge = PT_KNOWS_NETWORK;
    struct pt_plan blind = make(&request);
    (void)unused;
    const struct pt_quantity all[] = {
        known.step_seconds, known.seconds,      known.goodput,        known.energy_joules,
        known.device_watts, known.memory_bytes, known.facility_watts, known.flop_utilization};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_true(all[i].low <= all[i].value && all[i].value <= all[i].high);
        assert_true(all[i].low < all[i].high);
    }
    assert_true(known.goodput.high <= 1);
    assert_true(known.device_watts.high <= 700);
    assert_true(known.flop_utilization.high <= 1);
    assert_true(blind.step_seconds.high / blind.step_seconds.value >=
                known.step_seconds.high / known.step_seconds.value);
}

// The model's step is the plan's over the factor; its ends are those of the residual.
static void the_residual_is_the_interval_of_a_step(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan plan = make(&request);
    struct pt_residual_class class_of =
        pt_residual_class_of(request.workload, &request.cluster, &plan.layout);
    struct pt_residual residual = pt_time_residual(&class_of, PT_KNOWS_LAYOUT);
    double modelled = plan.step_seconds.value / plan.time_factor;
    (void)unused;
    same(plan.time_factor, residual.factor);
    same(plan.step_seconds.low, modelled * residual.low);
    same(plan.step_seconds.high, modelled * residual.high);
}

// 1.645 standard deviations of 2.5 % to each side: what one step on the clock leaves open.
static void a_measured_step_replaces_the_residual(void **unused)
{
    struct pt_plan_request request = on_eight();
    double modelled = make(&request).step_seconds.value;
    (void)unused;
    request.measured_step_seconds = 1.5 * modelled;
    struct pt_plan plan = make(&request);
    same(plan.step_seconds.value, 1.5 * modelled);
    assert_int_equal(plan.step_seconds.provenance, PT_MEASURED);
    assert_near(plan.step_seconds.high / plan.step_seconds.value, exp(1.6449 * 0.025), 1e-4);
    // The calibration carries the same factor to another layout.
    struct pt_plan_request other = request;
    other.calibration = pt_plan_calibrate(&request, &plan);
    other.measured_step_seconds = NAN;
    same(make(&other).step_seconds.value, 1.5 * modelled);
}

static void measured_watts_replace_the_power_model(void **unused)
{
    struct pt_plan_request request = on_eight();
    double before = make(&request).facility_watts.value;
    double watts = make(&request).device_watts.value;
    (void)unused;
    request.measured_device_watts = 500;
    struct pt_plan plan = make(&request);
    same(plan.device_watts.value, 500);
    assert_int_equal(plan.device_watts.provenance, PT_MEASURED);
    assert_true((plan.facility_watts.value < before) == (500 < watts));
}

static void a_cap_saves_energy_and_takes_time(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan free_run = make(&request);
    (void)unused;
    request.cluster.cap_watts = 450;
    struct pt_plan capped = make(&request);
    assert_true(capped.step_seconds.value > free_run.step_seconds.value);
    assert_true(capped.device_watts.value < free_run.device_watts.value);
    assert_true(capped.energy_joules.value < free_run.energy_joules.value);
}

// A teacher as large as the student adds a third of its training FLOP, so at most as much time.
static void a_teacher_costs_forward_passes(void **unused)
{
    struct pt_plan_request request = on_eight();
    const struct pt_workload *workload = request.workload;
    double alone = make(&request).step_seconds.value;
    (void)unused;
    request.teacher_flop_per_token = workload->forward_flop / workload->tokens;
    double with = make(&request).step_seconds.value;
    assert_true(with > 1.1 * alone && with < 1.4 * alone);
}

static void evaluation_takes_its_part(void **unused)
{
    struct pt_plan_request request = on_eight();
    double alone = make(&request).seconds.value;
    (void)unused;
    request.evaluation_tokens = 3e9; // a tenth of the tokens, forward only
    double share = request.workload->forward_flop / request.workload->training_flop;
    same(make(&request).seconds.value, alone * (1 + 0.1 * share));
}

// TDP x hours, and 6 N D at 40 % of 989.4 TFLOP/s on 8 devices.
static void the_simple_answers_stand_beside(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan plan = make(&request);
    (void)unused;
    same(plan.mlco2_joules, 700 * 8 * plan.seconds.value);
    same(plan.mlco2_grams, plan.mlco2_joules / 3.6e6 * 400);
    same(plan.six_nd_flop, 6 * request.workload->active_count * 30e9);
    same(plan.six_nd_seconds, plan.six_nd_flop / (8 * 989.4e12 * 0.4));
}

static void evaluating_and_planning_agree(void **unused)
{
    struct pt_plan_request request =
        test_plan_request("gpt3-1.3b", "h100-sxm:16", "tp=2,dp=8,mb=2,zero=1,sp");
    struct pt_plan plan = make(&request);
    const struct pt_stage_costs *costs;
    struct pt_plan_figures figures;
    struct pt_layout layout = plan.layout; // with its states
    (void)unused;
    assert_int_equal(
        pt_stage_costs_create(arena, request.workload, &request.cluster, &layout, &costs, NULL),
        PT_OK);
    for (int capped = 0; capped < 2; capped++) {
        request.cluster.cap_watts = capped ? 400 : NAN;
        plan = make(&request);
        pt_plan_evaluate(&request, costs, &layout, &figures);
        same(figures.seconds, plan.seconds.value);
        same(figures.facility_joules, plan.energy_joules.value);
        same(figures.device_watts, plan.device_watts.value);
        same(figures.memory_bytes, plan.memory_bytes.value);
        same(figures.energy_usd, plan.price.energy_money.value);
        same(figures.hardware_usd, plan.price.hardware_usd.value);
        same(figures.embodied_grams, plan.price.embodied_grams.value);
        same(figures.flop_utilization, plan.flop_utilization.value);
    }
}

static void every_assumption_has_an_option_and_a_source(void **unused)
{
    struct pt_plan_request request = on_eight();
    struct pt_plan plan = make(&request);
    bool has_pue = false;
    (void)unused;
    assert_true(plan.assumption_count > 12);
    for (int i = 0; i < plan.assumption_count; i++) {
        const struct pt_plan_assumption *one = &plan.assumptions[i];
        assert_true(one->key != NULL && *one->key != '\0' && one->text != NULL);
        assert_true(one->source != NULL && one->unit != NULL);
        has_pue |= strcmp(one->key, "pue") == 0 && one->value.value == 1.2;
    }
    assert_true(has_pue);
}

static void impossible_numbers_are_refused(void **unused)
{
    struct pt_plan_request good = on_eight(), bad;
    struct pt_tariff tariff = *test_tariff();
    (void)unused;
#define REFUSE(field, value, part)                                                                 \
    bad = good;                                                                                    \
    bad.field = value;                                                                             \
    refused(&bad, part)
    REFUSE(tokens, NAN, "training tokens");
    REFUSE(tokens, -1, "training tokens");
    REFUSE(tokens, 1e30, "training tokens");
    REFUSE(tokens, INFINITY, "training tokens");
    REFUSE(global_batch, -5, "global batch");
    REFUSE(cluster.count, 0, "a cluster");
    REFUSE(cluster.cap_watts, -5, "power cap");
    REFUSE(measured_step_seconds, -1, "measured step");
    REFUSE(measured_device_watts, INFINITY, "measured watts");
    REFUSE(repeats, NAN, "repeats");
    REFUSE(goodput.share, 1.5, "goodput");
    REFUSE(evaluation_tokens, NAN, "evaluation tokens");
    REFUSE(teacher_flop_per_token, -1, "teacher");
    REFUSE(price.rent_usd_per_hour, INFINITY, "rent");
    REFUSE(measured_step_seconds, 1e-6, "of the peak");
    tariff.pue = pt_quantity_exact(0.5);
    REFUSE(tariff, &tariff, "PUE");
    REFUSE(layout.tensor, 5, "devices");
    REFUSE(layout.zero, 7, "zero");
#undef REFUSE
    bad = good;
    bad.workload = NULL;
    struct pt_plan plan;
    assert_int_equal(pt_plan_make(arena, &bad, &plan, NULL), PT_USAGE);
}

static void an_impossible_layout_is_refused_with_its_reason(void **unused)
{
    struct pt_plan_request request = test_plan_request("gpt3-1.3b", "h100-sxm:8", "pp=8,mb=1,vp=7");
    (void)unused;
    refused(&request, "layers");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twice_the_tokens_are_twice_of_all),
        cmocka_unit_test(the_parts_of_a_step_and_their_energy_add_up),
        cmocka_unit_test(money_and_carbon_follow_from_the_energy),
        cmocka_unit_test(a_negative_price_is_a_price),
        cmocka_unit_test(without_a_tariff_money_is_missing_and_not_zero),
        cmocka_unit_test(facility_energy_grows_with_the_pue),
        cmocka_unit_test(what_fits_fits_with_more_memory),
        cmocka_unit_test(a_reserve_stays_free),
        cmocka_unit_test(moments_in_8_bits_take_a_quarter_and_their_scales),
        cmocka_unit_test(intervals_hold_their_median_and_narrow_with_knowledge),
        cmocka_unit_test(the_residual_is_the_interval_of_a_step),
        cmocka_unit_test(a_measured_step_replaces_the_residual),
        cmocka_unit_test(measured_watts_replace_the_power_model),
        cmocka_unit_test(a_cap_saves_energy_and_takes_time),
        cmocka_unit_test(a_teacher_costs_forward_passes),
        cmocka_unit_test(evaluation_takes_its_part),
        cmocka_unit_test(the_simple_answers_stand_beside),
        cmocka_unit_test(evaluating_and_planning_agree),
        cmocka_unit_test(every_assumption_has_an_option_and_a_source),
        cmocka_unit_test(impossible_numbers_are_refused),
        cmocka_unit_test(an_impossible_layout_is_refused_with_its_reason),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
