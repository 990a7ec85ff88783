// Channels that are parts of others, and what is ours of them.

#include "meter/division.h"

#include "base/random.h"
#include "sensor/state.h"
#include "support.h"

static struct pt_sensor sensor;
static struct pt_division division;
static struct pt_idle_rule rule;
static const int64_t a_second[PT_PHASES_MAX] = {1000000000};

static int add(enum pt_channel_scope scope, int parent)
{
    int index = sensor.channel_count++;
    pt_channel_init(&sensor.channels[index], PT_ENERGY_COUNTER);
    sensor.channels[index].scope = scope;
    sensor.channels[index].parent = parent;
    return index;
}

static void start(void)
{
    sensor = (struct pt_sensor){.name = "made by hand"};
    rule = (struct pt_idle_rule){0};
}

static void open_division(enum pt_meter_scope scope)
{
    pt_division_init(&division, &sensor, scope, &rule, 2);
}

static void use(int index, double joules)
{
    pt_attribution_add(&division.channels[index], joules, a_second, 0);
}

static double ours(int index)
{
    return pt_attribution_ours(&division.channels[index]);
}

static const struct pt_window_share *by_cpu(double share)
{
    static struct pt_window_share window;
    window = pt_window_of_share(share, share, share);
    return &window;
}

static void set_gpu(int index, double share)
{
    division.gpus[index] = (struct pt_share){share, share, share, PT_SHARE_GPU_BY_SM};
}

// Wall 1000 J; in it a package of 200 J, a quarter ours, and a GPU of 500 J, all ours. Of the rest
// of 300 J a quarter: 50 + 500 + 75.
static void a_whole_is_its_parts_and_the_rest_by_cpu_time(void **unused)
{
    start();
    int wall = add(PT_CHANNEL_WALL, -1), package = add(PT_CHANNEL_PACKAGE, wall),
        gpu = add(PT_CHANNEL_GPU, wall);
    open_division(PT_SCOPE_TREE);
    assert_true(division.has_gpus);
    set_gpu(gpu, 1);
    use(wall, 1000);
    use(package, 200);
    use(gpu, 500);
    pt_division_settle(&division, by_cpu(0.25));
    assert_near(ours(wall), 625, 1e-9);
    assert_near(pt_division_ours(&division), 625, 1e-9); // parts are not added to it
    assert_near(pt_division_others(&division), 375, 1e-9);
    assert_int_equal(pt_attribution_basis(&division.channels[wall]), PT_SHARE_PARTS);
    (void)unused;
}

// A plug that is late shows 0, then all: the parts of both times count.
static void a_whole_that_is_late_waits_with_its_parts(void **unused)
{
    start();
    int wall = add(PT_CHANNEL_WALL, -1), gpu = add(PT_CHANNEL_GPU, wall);
    open_division(PT_SCOPE_TREE);
    set_gpu(gpu, 1);
    use(gpu, 100);
    pt_division_settle(&division, by_cpu(0));
    assert_near(ours(wall), 0, 0);
    set_gpu(gpu, 0);
    use(gpu, 100);
    use(wall, 400);
    pt_division_settle(&division, by_cpu(0.5));
    assert_near(ours(wall), 100 + 0 + 0.5 * 200, 1e-9);
    (void)unused;
}

// The parts show more than the whole: divided as they are, and no more than there is.
static void parts_that_show_more_than_the_whole_only_tell_the_share(void **unused)
{
    start();
    int wall = add(PT_CHANNEL_PLATFORM, -1), package = add(PT_CHANNEL_PACKAGE, wall),
        gpu = add(PT_CHANNEL_GPU, wall);
    open_division(PT_SCOPE_TREE);
    set_gpu(gpu, 1);
    use(wall, 300);
    use(package, 100);
    use(gpu, 300);
    pt_division_settle(&division, by_cpu(0));
    assert_near(ours(wall), 225, 1e-9);
    assert_near(division.channels[wall].others, 75, 1e-9);
    (void)unused;
}

// Wall > module > GPU, and cores in a package: 400 of the module 300 of the GPU.
static void wholes_are_in_wholes(void **unused)
{
    start();
    int wall = add(PT_CHANNEL_WALL, -1), module = add(PT_CHANNEL_MODULE, wall),
        gpu = add(PT_CHANNEL_GPU, module), package = add(PT_CHANNEL_PACKAGE, module);
    add(PT_CHANNEL_CORE, package);
    open_division(PT_SCOPE_TREE);
    assert_int_equal(division.roles[package], PT_DIVIDE_BY_CPU);
    set_gpu(gpu, 1);
    use(wall, 600);
    use(module, 400);
    use(gpu, 300);
    use(package, 60);
    pt_division_settle(&division, by_cpu(0.5));
    assert_near(ours(module), 300 + 30 + 20, 1e-9);
    assert_near(ours(wall), 350 + 100, 1e-9);
    (void)unused;
}

static void a_gpu_waits_for_an_answer_and_at_the_end_for_none(void **unused)
{
    start();
    int gpu = add(PT_CHANNEL_GPU, -1);
    open_division(PT_SCOPE_TREE);
    set_gpu(gpu, 1);
    use(gpu, 100);
    pt_division_settle(&division, by_cpu(0));
    assert_near(pt_attribution_pending(&division.channels[gpu]), 100, 0);
    pt_division_settle_all(&division, by_cpu(0));
    assert_near(ours(gpu), 100, 1e-9);
    (void)unused;
}

// What nobody tells of is divided by CPU time, and may be all or nothing.
static void an_unknown_user_is_doubted(void **unused)
{
    start();
    int gpu = add(PT_CHANNEL_GPU, -1);
    open_division(PT_SCOPE_TREE);
    use(gpu, 100);
    pt_division_settle(&division, by_cpu(0.25));
    assert_near(ours(gpu), 25, 1e-9);
    assert_near(division.channels[gpu].ours_low, 0, 0);
    assert_near(division.channels[gpu].ours_high, 100, 1e-9);
    assert_int_equal(pt_attribution_basis(&division.channels[gpu]), PT_SHARE_GPU_UNKNOWN);
    (void)unused;
}

static void the_whole_machine_asks_nobody(void **unused)
{
    start();
    add(PT_CHANNEL_GPU, -1);
    add(PT_CHANNEL_PACKAGE, -1);
    sensor.channels[add(PT_CHANNEL_PSYS, -1)].excluded = true;
    open_division(PT_SCOPE_MACHINE);
    assert_false(division.has_gpus);
    assert_int_equal(division.roles[2], PT_DIVIDE_NOT);
    (void)unused;
}

// 100 J each: a quarter of the CPU time is ours, half of the memory, and three quarters of
// socket 1.
static void each_channel_is_divided_by_what_it_counts(void **unused)
{
    struct pt_window_share window = pt_window_of_share(0.25, 0.25, 0.25);
    start();
    int package = add(PT_CHANNEL_PACKAGE, -1), dram = add(PT_CHANNEL_DRAM, -1),
        second = add(PT_CHANNEL_PACKAGE, -1), rest = add(PT_CHANNEL_IO, -1);
    strcpy(sensor.channels[package].device, "package-0");
    strcpy(sensor.channels[dram].device, "package-0");
    strcpy(sensor.channels[second].device, "package-1-die-1");
    open_division(PT_SCOPE_TREE);
    window.memory = (struct pt_share){0.5, 0.25, 0.5, PT_SHARE_MEMORY};
    window.package_count = 1;
    window.packages[0].package = 1;
    window.packages[0].share = (struct pt_share){0.75, 0.75, 0.75, PT_SHARE_SOCKET_TIME};
    for (int i = 0; i < sensor.channel_count; i++)
        use(i, 100);
    pt_division_settle(&division, &window);
    assert_near(ours(package), 25, 1e-9);
    assert_near(ours(dram), 50, 1e-9);
    assert_near(ours(second), 75, 1e-9);
    assert_near(ours(rest), 25, 1e-9);
    assert_int_equal(pt_attribution_basis(&division.channels[dram]), PT_SHARE_MEMORY);
    (void)unused;
}

// Wall 1000 J in 1 s, 400 W idle; in it a package of 200 J, 100 W idle, a quarter ours. Active: 25
// of the package; the rest is 800 J, of them 300 idle, so 125 more.
static void a_whole_is_idle_beyond_its_parts(void **unused)
{
    start();
    int wall = add(PT_CHANNEL_WALL, -1), package = add(PT_CHANNEL_PACKAGE, wall);
    rule.policy = PT_IDLE_ACTIVE;
    rule.known = true;
    rule.power[wall] = (struct pt_idle_power){400, 400, 400};
    rule.power[package] = (struct pt_idle_power){100, 100, 100};
    open_division(PT_SCOPE_TREE);
    use(wall, 1000);
    use(package, 200);
    pt_division_settle(&division, by_cpu(0.25));
    assert_near(ours(package), 25, 1e-9);
    assert_near(ours(wall), 150, 1e-9);
    assert_near(division.channels[wall].idle, 400, 1e-9);
    assert_near(pt_division_idle(&division), 0, 1e-9);
    (void)unused;
}

// Reserved: half of the CPUs, GPU 1 and not GPU 0; both wait, 50 W each.
static void a_reserved_gpu_is_paid_for_while_it_waits(void **unused)
{
    start();
    int first = add(PT_CHANNEL_GPU, -1), second = add(PT_CHANNEL_GPU, -1);
    rule = (struct pt_idle_rule){.policy = PT_IDLE_RESERVATION,
                                 .known = true,
                                 .power = {{50, 50, 50}, {50, 50, 50}},
                                 .reserved_cpu = 0.5,
                                 .reserved_memory = NAN,
                                 .gpus_told = true,
                                 .gpus = 2};
    open_division(PT_SCOPE_TREE);
    for (int i = 0; i < 2; i++) {
        division.gpu_numbers[i] = i;
        set_gpu(i, 0);
        use(i, 60);
    }
    pt_division_settle_all(&division, by_cpu(1));
    assert_near(ours(first), 0, 1e-9);
    assert_near(ours(second), 50, 1e-9);
    (void)unused;
}

// A random tree of wholes and parts, random joules and shares: per channel and in sum nothing is
// lost or made, and ours lies between nothing and all.
static void random_trees_conserve_energy(void **unused)
{
    static const enum pt_channel_scope scopes[] = {PT_CHANNEL_PACKAGE, PT_CHANNEL_DRAM,
                                                   PT_CHANNEL_GPU,     PT_CHANNEL_IO,
                                                   PT_CHANNEL_MODULE,  PT_CHANNEL_GPU_MEMORY};
    for (uint64_t round = 0; round < 200; round++) {
        uint64_t index = round << 32;
        double given[PT_CHANNELS_MAX] = {0}, whole = 0;
        start();
        add(PT_CHANNEL_WALL, -1);
        for (int i = 1; i < 10; i++) {
            int parent = (int)((i + 1) * pt_random_uniform(3, 9, index++)) - 1;
            add(scopes[(int)(6 * pt_random_uniform(3, 9, index++))], parent);
        }
        open_division(PT_SCOPE_TREE);
        for (int step = 0; step < 50; step++) {
            for (int i = 0; i < sensor.channel_count; i++) {
                double joules = pt_random_uniform(3, 9, index++) < 0.3f
                                    ? 0
                                    : 100 * pt_random_uniform(3, 9, index++);
                use(i, joules);
                given[i] += joules;
                if (pt_random_uniform(3, 9, index++) < 0.5f)
                    set_gpu(i, pt_random_uniform(3, 9, index++));
            }
            const struct pt_window_share *cpu = by_cpu(pt_random_uniform(3, 9, index++));
            if (step % 3 == 0)
                pt_division_settle(&division, cpu);
            if (step % 11 == 0 || step == 49)
                pt_division_settle_all(&division, cpu);
        }
        for (int i = 0; i < sensor.channel_count; i++) {
            const struct pt_attribution *channel = &division.channels[i];
            double held = ours(i) + channel->others + pt_attribution_pending(channel);
            assert_near(held, given[i], 1e-9 * (1 + given[i]));
            assert_true(ours(i) >= 0 && channel->others >= -1e-9);
            assert_true(channel->ours_low <= ours(i) + 1e-9 &&
                        ours(i) <= channel->ours_high + 1e-9);
            whole += pt_sensor_is_summed(&sensor, i) ? given[i] : 0;
            if (pt_sensor_is_summed(&sensor, i))
                assert_near(pt_attribution_pending(channel), 0, 0);
        }
        double sum = pt_division_ours(&division) + pt_division_others(&division);
        assert_near(sum, whole, 1e-9 * whole);
        double machine;
        assert_near(pt_division_expected(&division, 0.5, &machine), pt_division_ours(&division),
                    1e-9 * whole);
        assert_near(machine, whole, 1e-9 * whole);
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_is_its_parts_and_the_rest_by_cpu_time),
        cmocka_unit_test(a_whole_that_is_late_waits_with_its_parts),
        cmocka_unit_test(parts_that_show_more_than_the_whole_only_tell_the_share),
        cmocka_unit_test(wholes_are_in_wholes),
        cmocka_unit_test(a_gpu_waits_for_an_answer_and_at_the_end_for_none),
        cmocka_unit_test(an_unknown_user_is_doubted),
        cmocka_unit_test(the_whole_machine_asks_nobody),
        cmocka_unit_test(each_channel_is_divided_by_what_it_counts),
        cmocka_unit_test(a_whole_is_idle_beyond_its_parts),
        cmocka_unit_test(a_reserved_gpu_is_paid_for_while_it_waits),
        cmocka_unit_test(random_trees_conserve_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
