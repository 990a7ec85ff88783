// No joule twice, none from nowhere: the union of records. Runs use 50 W of a machine of 100 W,
// a third of it in "forward", unless a test says otherwise.

#include <unistd.h>

#include "meter/node_lock.h"
#include "record_support.h"

static struct pt_record_set new_set(void)
{
    struct pt_record_set set;
    pt_record_set_init(&set, pt_arena_create());
    return set;
}

static void one_run_is_itself(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written run = written_run('a', "boot-1", "node1");
    write_seconds(&set, &run, 1, 10);
    write_end(&set, &run, 0);
    struct pt_merge merge = merged(&set);
    assert_int_equal(merge.node_count, 1);
    assert_true(merge.complete);
    assert_near(merge.joules.value, 500, 1e-9);
    assert_near(merge.joules.low, 450, 1e-9);
    assert_near(merge.joules.high, 550, 1e-9);
    assert_near(merge.machine_joules.value, 1000, 1e-9);
    assert_near(merge.nodes[0].seconds, 10, 1e-9);
    assert_int_equal(merge.phase_count, 2);
    assert_near(merge.phases[0].joules.value, 500.0 / 3, 1e-9);
    assert_near(merge.phases[0].joules.value + merge.phases[1].joules.value, 500, 1e-9);
    pt_arena_destroy(set.arena);
}

// Four ranks of a node, each with 20 W of the same 100 W for 10 s: the machine counts once.
static void four_ranks_count_the_machine_once(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    for (int rank = 0; rank < 4; rank++) {
        struct written run = written_run((char)('0' + rank), "boot-1", "node1");
        run.our_watts = 20;
        run.counts_machine = rank == 2;
        write_seconds(&set, &run, 1, 10);
    }
    struct pt_merge merge = merged(&set);
    assert_int_equal(merge.run_count, 4);
    assert_near(merge.machine_joules.value, 1000, 1e-9);
    assert_near(merge.joules.value, 800, 1e-9);
    assert_near(merge.nodes[0].claimed_twice_joules, 0, 1e-9);
    assert_int_equal(merge.nodes[0].device_count, 1);
    pt_arena_destroy(set.arena);
}

// Each of four says that the whole machine is its own, as with --idle whole: it is there once.
static void what_several_claim_whole_counts_once(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    for (int rank = 0; rank < 4; rank++) {
        struct written run = written_run((char)('0' + rank), "boot-1", "node1");
        run.our_watts = 100;
        write_seconds(&set, &run, 1, 10);
    }
    struct pt_merge merge = merged(&set);
    assert_near(merge.joules.value, 1000, 1e-9);
    assert_near(merge.machine_joules.value, 1000, 1e-9);
    assert_near(merge.nodes[0].claimed_twice_joules, 3000, 1e-9);
    pt_arena_destroy(set.arena);
}

// The meter that counted dies after 4 s; another runs from 2 s to 9 s: 9 s, no hole, nothing twice.
static void a_leader_that_dies_leaves_no_hole(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written leader = written_run('a', "boot-1", "node1");
    struct written next = written_run('b', "boot-1", "node1");
    leader.counts_machine = true;
    next.start_ns = 2 * SECOND;
    write_seconds(&set, &leader, 1, 4);
    write_seconds(&set, &next, 1, 7);
    struct pt_merge merge = merged(&set);
    assert_near(merge.machine_joules.value, 900, 1e-9);
    assert_near(merge.nodes[0].seconds, 9, 1e-9);
    // 4 s and 7 s of 50 W each; between 2 s and 4 s both halves are taken
    assert_near(merge.joules.value, 550, 1e-9);
    pt_arena_destroy(set.arena);
}

// A share that was expected too large and turned out smaller: 50 J at 1 s, but 20 J at 2 s. Cut at
// 1 s by another run, the parts are still 20 J, and none of them is negative.
static void what_turned_out_to_be_less_is_not_counted(void **unused)
{
    (void)unused;
    static char line[PT_RECORD_LINE_MAX];
    struct pt_record_set set = new_set();
    struct written run = written_run('a', "boot-1", "node1"), other = run;
    struct pt_record_state state = written_state(&run, 1, 1);
    add_line(&set, line, pt_record_format_state(&run.run, &state, line, sizeof line));
    run.our_watts = 10;
    state = written_state(&run, 2, 2);
    add_line(&set, line, pt_record_format_state(&run.run, &state, line, sizeof line));
    memset(other.run.uid, 'b', PT_RECORD_UID_SIZE - 1);
    other.our_watts = 0;
    write_seconds(&set, &other, 1, 1);
    struct pt_merge merge = merged(&set);
    assert_near(merge.joules.value, 20, 1e-9);
    assert_near(merge.machine_joules.value, 200, 1e-9);
    pt_arena_destroy(set.arena);
}

static void a_copied_file_changes_nothing(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written run = written_run('a', "boot-1", "node1");
    write_seconds(&set, &run, 1, 10);
    write_seconds(&set, &run, 1, 10);
    struct pt_merge merge = merged(&set);
    assert_near(merge.joules.value, 500, 1e-9);
    assert_int_equal(merge.run_count, 1);
    assert_int_equal(set.duplicate_count, 10);
    pt_arena_destroy(set.arena);
}

// Ends that lie between two lines are interpolated: 3.5 s to 8.5 s within 0 s to 10 s.
static void overlaps_between_lines_are_cut_exactly(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written a = written_run('a', "boot-1", "node1");
    struct written b = written_run('b', "boot-1", "node1");
    b.start_ns = 3500000000;
    write_seconds(&set, &a, 1, 10);
    write_seconds(&set, &b, 1, 5);
    struct pt_merge merge = merged(&set);
    assert_near(merge.machine_joules.value, 1000, 1e-6);
    assert_near(merge.joules.value, 750, 1e-6);
    pt_arena_destroy(set.arena);
}

// An hour of skew between the clocks of two nodes moves no joule.
static void two_nodes_with_skewed_clocks_add_up(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written a = written_run('a', "boot-1", "node1");
    struct written b = written_run('b', "boot-2", "node2");
    b.date_ns += 3600 * SECOND;
    b.start_ns = 77 * SECOND;
    write_seconds(&set, &a, 1, 10);
    write_seconds(&set, &b, 1, 10);
    struct pt_merge merge = merged(&set);
    assert_int_equal(merge.node_count, 2);
    assert_near(merge.joules.value, 1000, 1e-9);
    assert_near(merge.machine_joules.value, 2000, 1e-9);
    assert_near(merge.phases[0].seconds, 10.0 / 3, 1e-9); // the longest, not the sum
    pt_arena_destroy(set.arena);
}

// The same host, booted again: monotonic clocks start anew, so nothing overlaps.
static void another_boot_is_another_machine(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written a = written_run('a', "boot-1", "node1");
    struct written b = written_run('b', "boot-2", "node1");
    write_seconds(&set, &a, 1, 10);
    write_seconds(&set, &b, 1, 10);
    assert_near(merged(&set).machine_joules.value, 2000, 1e-9);
    pt_arena_destroy(set.arena);
}

static void a_meter_within_a_meter_is_left_out(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written outer = written_run('a', "boot-1", "node1");
    struct written inner = written_run('b', "boot-1", "node1");
    inner.our_watts = 40;
    inner.start_ns = 2 * SECOND;
    memcpy(inner.run.parent_uid, outer.run.uid, sizeof outer.run.uid);
    write_seconds(&set, &inner, 1, 5);
    struct pt_merge alone = merged(&set);
    assert_near(alone.joules.value, 200, 1e-9); // its parent is not here
    write_seconds(&set, &outer, 1, 10);
    struct pt_merge merge = merged(&set);
    assert_near(merge.joules.value, 500, 1e-9);
    assert_int_equal(merge.nodes[0].inside_count, 1);
    pt_arena_destroy(set.arena);
}

// One rank reads the wall, another the package, a third has no right and models: the wall counts,
// and each has its share of it: 0.5 + 0.25 + 0.1.
static void meters_of_different_kinds_do_not_add(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written wall = written_run('a', "boot-1", "node1");
    struct written package = written_run('b', "boot-1", "node1");
    struct written model = written_run('c', "boot-1", "node1");
    wall.channel = "wall:plug";
    wall.machine_watts = 200;
    wall.our_watts = 100;
    package.our_watts = 25;
    model.provenance = PT_ASSUMED;
    model.machine_watts = 500;
    model.our_watts = 50;
    model.channel = "package:machine";
    write_seconds(&set, &model, 1, 10);
    write_seconds(&set, &package, 1, 10);
    write_seconds(&set, &wall, 1, 10);
    struct pt_merge merge = merged(&set);
    assert_near(merge.machine_joules.value, 2000, 1e-9);
    assert_near(merge.joules.value, 2000 * 0.85, 1e-6);
    assert_int_equal(merge.joules.provenance, PT_ASSUMED); // as sure as the least sure part
    pt_arena_destroy(set.arena);
}

// Ranks that may only see their own GPU: both cards count, and neither has a share of the other's.
static void ranks_that_see_one_gpu_each_make_two(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written a = written_run('a', "boot-1", "node1");
    struct written b = written_run('b', "boot-1", "node1");
    a.channel = "gpu:0000:01:00.0";
    b.channel = "gpu:0000:02:00.0";
    b.our_watts = b.machine_watts = 300;
    write_seconds(&set, &a, 1, 10);
    write_seconds(&set, &b, 1, 10);
    struct pt_merge merge = merged(&set);
    assert_int_equal(merge.nodes[0].device_count, 2);
    assert_near(merge.machine_joules.value, 4000, 1e-9);
    assert_near(merge.joules.value, 3500, 1e-9);
    pt_arena_destroy(set.arena);
}

static void missing_nodes_are_named_and_never_zero(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written run = written_run('a', "boot-1", "node2");
    snprintf(run.run.job.node_list, sizeof run.run.job.node_list, "node[1-3]");
    snprintf(run.run.job.key, sizeof run.run.job.key, "slurm::17");
    run.run.job.node_count = 3;
    write_seconds(&set, &run, 1, 10);
    struct pt_merge merge = merged(&set);
    assert_false(merge.complete);
    assert_int_equal(merge.missing_count, 2);
    assert_string_equal(merge.missing[0], "node1");
    assert_string_equal(merge.missing[1], "node3");
    assert_int_equal(merge.nameless_missing, 0);
    pt_arena_destroy(set.arena);
    // all have one, though two of them are of one machine, as with several slurmd on one host
    set = new_set();
    for (int i = 1; i <= 3; i++) {
        struct written each = written_run((char)('0' + i), "boot-1", "host");
        each.run.job = run.run.job;
        snprintf(each.run.job.node, sizeof each.run.job.node, "node%d", i);
        write_seconds(&set, &each, 1, 10);
    }
    assert_true(merged(&set).complete);
    pt_arena_destroy(set.arena);
    // only their number is known
    set = new_set();
    run.run.job.node_list[0] = '\0';
    write_seconds(&set, &run, 1, 10);
    merge = merged(&set);
    assert_int_equal(merge.missing_count, 0);
    assert_int_equal(merge.nameless_missing, 2);
    assert_false(merge.complete);
    pt_arena_destroy(set.arena);
}

static void unknown_energy_makes_a_lower_bound(void **unused)
{
    (void)unused;
    static char line[PT_RECORD_LINE_MAX];
    struct pt_record_set set = new_set();
    struct written known = written_run('a', "boot-1", "node1");
    struct written unknown = written_run('b', "boot-2", "node2");
    struct pt_record_state state = written_state(&unknown, 1, 1);
    state.joules = state.machine_joules = pt_quantity_missing();
    for (int i = 0; i < 2; i++)
        state.phases[i].joules = pt_quantity_missing();
    state.channel_count = 0;
    add_line(&set, line, pt_record_format_state(&unknown.run, &state, line, sizeof line));
    struct pt_merge merge = merged(&set);
    assert_false(pt_quantity_known(merge.joules)); // nothing at all is known, which is not 0
    assert_false(pt_quantity_known(merge.machine_joules));
    write_seconds(&set, &known, 1, 10);
    merge = merged(&set);
    assert_near(merge.joules.value, 500, 1e-9);
    assert_int_equal(merge.unknown_count, 1);
    assert_false(merge.complete);
    pt_arena_destroy(set.arena);
}

static void attempts_are_told_apart(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written first = written_run('a', "boot-1", "node1");
    struct written second = written_run('b', "boot-1", "node1");
    second.run.job.attempt = 1;
    second.start_ns = 20 * SECOND;
    write_seconds(&set, &first, 1, 4); // killed: it has no end
    write_seconds(&set, &second, 1, 10);
    write_end(&set, &second, 0);
    struct pt_merge merge = merged(&set);
    assert_int_equal(merge.attempt_count, 2);
    assert_int_equal(merge.attempts[0].unfinished_count, 1);
    assert_near(merge.attempts[0].joules.value, 200, 1e-9);
    assert_int_equal(merge.attempts[1].unfinished_count, 0);
    assert_near(merge.joules.value, 700, 1e-9);
    pt_arena_destroy(set.arena);
}

static void one_job_of_many_can_be_chosen(void **unused)
{
    (void)unused;
    struct pt_error error;
    struct pt_merge merge;
    struct pt_record_set set = new_set();
    struct written a = written_run('a', "boot-1", "node1"), b = written_run('b', "boot-1", "node1");
    snprintf(a.run.job.job_id, sizeof a.run.job.job_id, "17");
    snprintf(b.run.job.run_name, sizeof b.run.job.run_name, "mine");
    write_seconds(&set, &a, 1, 10);
    write_seconds(&set, &b, 1, 4);
    pt_record_set_finish(&set);
    assert_status(pt_merge_make(set.arena, &set, "17", &merge, &error), PT_OK, &error);
    assert_near(merge.joules.value, 500, 1e-9);
    assert_status(pt_merge_make(set.arena, &set, "mine", &merge, &error), PT_OK, &error);
    assert_near(merge.joules.value, 200, 1e-9);
    assert_status(pt_merge_make(set.arena, &set, "other", &merge, &error), PT_NOT_FOUND, &error);
    pt_arena_destroy(set.arena);
}

// Prices change at quarters: what is priced apart adds up to the whole.
static void slots_lie_within_quarters_and_add_up(void **unused)
{
    (void)unused;
    struct pt_record_set set = new_set();
    struct written run = written_run('a', "boot-1", "node1");
    write_seconds(&set, &run, 1, 4000);
    struct pt_merge merge = merged(&set);
    double sum = 0;
    const int64_t quarter = 900 * SECOND;
    for (int64_t i = 0; i < merge.nodes[0].slot_count; i++) {
        const struct pt_merge_slot *slot = &merge.nodes[0].slots[i];
        assert_true(slot->from_realtime_ns / quarter == (slot->to_realtime_ns - 1) / quarter);
        sum += slot->joules.value;
    }
    assert_near(sum, 200000, 1e-3);
    assert_near(merge.joules.value, 200000, 1e-3);
    pt_arena_destroy(set.arena);
}

// Random runs: never more than the machine, the machine is the union of the times.
static void the_union_of_random_runs_is_exact(void **unused)
{
    (void)unused;
    uint64_t random = 88172645463325252U;
    for (int round = 0; round < 100; round++) {
        struct pt_record_set set = new_set();
        bool covered[64] = {false};
        int count = 1 + round % 6, seconds = 0;
        for (int i = 0; i < count; i++) {
            struct written run = written_run((char)('0' + i), "boot-1", "node1");
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            int start = (int)(random % 40), length = 1 + (int)(random / 64 % 20);
            run.start_ns = start * SECOND;
            run.our_watts = (double)(random % 60);
            write_seconds(&set, &run, 1, length);
            for (int s = start; s < start + length; s++)
                covered[s] = true;
        }
        for (int s = 0; s < 64; s++)
            seconds += covered[s];
        struct pt_merge merge = merged(&set);
        assert_near(merge.machine_joules.value, 100.0 * seconds, 1e-6);
        assert_true(merge.joules.value <= merge.machine_joules.value * (1 + 1e-12));
        assert_near(merge.phases[0].joules.value + merge.phases[1].joules.value, merge.joules.value,
                    1e-6);
        assert_near(merge.nodes[0].devices[0].our_joules, merge.joules.value, 1e-6);
        pt_arena_destroy(set.arena);
    }
}

// ------------------------------------------------------------------------------ who of a job
// counts
static void one_of_a_job_counts_and_the_next_takes_over(void **unused)
{
    (void)unused;
    char key[64];
    int pid;
    struct pt_node_lock first, second, alone, other;
    snprintf(key, sizeof key, "test:%d", (int)getpid());
    pt_node_lock_init(&first, "boot-1", key);
    pt_node_lock_init(&second, "boot-1", key);
    pt_node_lock_init(&alone, "boot-1", "");
    pt_node_lock_init(&other, "boot-2", key);
    assert_true(pt_node_lock_try(&first, &pid));
    assert_true(pt_node_lock_try(&first, &pid)); // still
    assert_false(pt_node_lock_try(&second, &pid));
    assert_int_equal(pid, getpid());
    for (int i = 0; i < 100; i++) // however often it is asked
        assert_false(pt_node_lock_try(&second, &pid));
    assert_true(pt_node_lock_try(&alone, &pid));
    assert_true(pt_node_lock_try(&other, &pid));
    pt_node_lock_close(&first);
    assert_true(pt_node_lock_try(&second, &pid));
    assert_false(pt_node_lock_try(&first, &pid));
    pt_node_lock_close(&second);
    pt_node_lock_close(&other);
    pt_node_lock_close(&alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_run_is_itself),
        cmocka_unit_test(four_ranks_count_the_machine_once),
        cmocka_unit_test(what_several_claim_whole_counts_once),
        cmocka_unit_test(a_leader_that_dies_leaves_no_hole),
        cmocka_unit_test(what_turned_out_to_be_less_is_not_counted),
        cmocka_unit_test(a_copied_file_changes_nothing),
        cmocka_unit_test(overlaps_between_lines_are_cut_exactly),
        cmocka_unit_test(two_nodes_with_skewed_clocks_add_up),
        cmocka_unit_test(another_boot_is_another_machine),
        cmocka_unit_test(a_meter_within_a_meter_is_left_out),
        cmocka_unit_test(meters_of_different_kinds_do_not_add),
        cmocka_unit_test(ranks_that_see_one_gpu_each_make_two),
        cmocka_unit_test(missing_nodes_are_named_and_never_zero),
        cmocka_unit_test(unknown_energy_makes_a_lower_bound),
        cmocka_unit_test(attempts_are_told_apart),
        cmocka_unit_test(one_job_of_many_can_be_chosen),
        cmocka_unit_test(slots_lie_within_quarters_and_add_up),
        cmocka_unit_test(the_union_of_random_runs_is_exact),
        cmocka_unit_test(one_of_a_job_counts_and_the_next_takes_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
