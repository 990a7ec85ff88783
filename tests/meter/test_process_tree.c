// CPU time of process trees.

#include "meter/process_tree.h"

#include "base/helper_process.h"
#include "fake_process.h"

static struct fake_machine machine;

static int setup(void **state)
{
    (void)state;
    fake_machine_start(&machine);
    return 0;
}

static struct pt_process_tree *open_tree(int pid)
{
    static struct pt_process_tree tree;
    struct pt_error error;
    assert_status(pt_process_tree_open(&tree, machine.root, pid, NULL, &error), PT_OK, &error);
    return &tree;
}

// 1 s of its own, 2 s of reaped children, 3 s of a child, 4 s of a grandchild; 9 s of a stranger.
static void the_tree_is_the_process_and_its_descendants(void **unused)
{
    fake_process(&machine, 50, 1, 100, 200, "60 ");
    fake_process(&machine, 60, 50, 300, 0, "70 ");
    fake_process(&machine, 70, 60, 400, 0, "");
    fake_process(&machine, 80, 1, 900, 0, "");
    assert_near(pt_process_tree_cpu_seconds(open_tree(50)), 10, 1e-9);
    (void)unused;
}

// A thread starts children of its own, which are in its own list.
static void children_of_every_thread_count(void **unused)
{
    fake_process(&machine, 50, 1, 100, 0, "60 ");
    fake_process(&machine, 60, 50, 300, 0, "");
    fake_process(&machine, 61, 50, 500, 0, "");
    test_file(machine.root, "proc/50/task/51/children", "61 ");
    assert_near(pt_process_tree_cpu_seconds(open_tree(50)), 9, 1e-9);
    (void)unused;
}

// The child ends with 3 s and is reaped: its parent has them now. In between they are missing from
// the files, but not from what is reported.
static void time_of_ended_children_stays(void **unused)
{
    fake_process(&machine, 50, 1, 100, 0, "60 ");
    fake_process(&machine, 60, 50, 300, 0, "");
    struct pt_process_tree *tree = open_tree(50);
    assert_near(pt_process_tree_cpu_seconds(tree), 4, 1e-9);
    fake_process_end(&machine, 60);
    fake_process(&machine, 50, 1, 100, 0, "");
    assert_near(pt_process_tree_cpu_seconds(tree), 4, 1e-9);
    fake_process(&machine, 50, 1, 100, 350, "");
    assert_near(pt_process_tree_cpu_seconds(tree), 4.5, 1e-9);
    (void)unused;
}

// Of our own child, all of our children are the tree: an orphan has become one.
static void orphans_of_our_child_are_in_the_tree(void **unused)
{
    char children[64];
    int own = (int)getpid();
    fake_process(&machine, own, 1, 9900, 0, "50 70 ");
    fake_process(&machine, 50, own, 100, 0, "");
    fake_process(&machine, 70, own, 400, 0, ""); // the parent of this one was reaped by us
    struct pt_process_tree *tree = open_tree(50);
    tree->ended_seconds = 3;
    assert_near(pt_process_tree_cpu_seconds(tree), 8, 1e-9);
    fake_process_end(&machine, 50);
    tree->ended_seconds += 2;
    snprintf(children, sizeof children, "70 ");
    fake_process(&machine, own, 1, 9900, 0, children);
    assert_near(pt_process_tree_cpu_seconds(tree), 9, 1e-9);
    (void)unused;
}

static void another_process_of_the_same_number_does_not_count(void **unused)
{
    fake_process(&machine, 50, 1, 100, 0, "");
    struct pt_process_tree *tree = open_tree(50);
    fake_write(&machine, "proc/50/stat",
               "50 (new) R 1 1 1 0 -1 0 0 0 0 0 7000 0 0 0 20 0 1 0 777777 1 1\n");
    assert_near(pt_process_tree_cpu_seconds(tree), 0, 0);
    (void)unused;
}

static void no_process_is_unavailable(void **unused)
{
    struct pt_process_tree tree;
    struct pt_error error;
    assert_status(pt_process_tree_open(&tree, machine.root, 4711, NULL, &error), PT_UNAVAILABLE, &error);
    assert_contains(error.message, "4711");
    (void)unused;
}

// 6000 children: more than one buffer holds, and their list is longer than the stack.
static void large_families_do_not_overflow(void **unused)
{
    char *children = malloc(6000 * 8 + 1);
    assert_non_null(children);
    int length = 0;
    for (int i = 0; i < 6000; i++)
        length += snprintf(children + length, 9, "%d ", 100000 + i);
    fake_process(&machine, 50, 1, 100, 0, children);
    for (int i = 0; i < 6000; i += 1500)
        fake_process(&machine, 100000 + i, 50, 100, 0, "");
    double seconds = pt_process_tree_cpu_seconds(open_tree(50));
    assert_true(seconds >= 4 && seconds <= 5); // the last of them may be beyond the stack
    free(children);
    (void)unused;
}

static void stat_is_read_behind_the_last_parenthesis(void **unused)
{
    struct pt_process_stat stat;
    assert_true(pt_process_stat_parse("7 (x) 1 2) S 3 1 1 0 -1 4 5 0 0 0 10 20 30 40 20 0 1 0 99 1",
                                      &stat));
    assert_int_equal(stat.parent, 3);
    assert_near(stat.cpu_ticks, 100, 0);
    assert_near(stat.start_ticks, 99, 0);
    static const char *const wrong[] = {"",
                                        "7 (x",
                                        "7 (x)",
                                        "7 (x) S",
                                        "7 (x) S 3 1 1",
                                        "7 (x) S q 1 1 0 -1 4 5 0 0 0 10 20 30 40 20 0 1 0 99",
                                        "7 (x) S -3 1 1 0 -1 4 5 0 0 0 10 20 30 40 20 0 1 0 99",
                                        "7 (x) S 3 1 1 0 -1 4 5 0 0 0 -90 20 30 0 20 0 1 0 99"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(pt_process_stat_parse(wrong[i], &stat));
    (void)unused;
}

// A command that a sensor has started is our child, and not of the job; nor is what it starts.
static void our_helpers_are_not_in_the_tree(void **unused)
{
    double start;
    int own = (int)getpid();
    fake_process(&machine, own, 1, 9900, 0, "50 70 80 ");
    fake_process(&machine, 50, own, 100, 0, "");
    fake_process(&machine, 70, own, 400, 0, "71 ");
    fake_process(&machine, 71, 70, 400, 0, "");
    fake_write(&machine, "proc/80/stat", // an orphan of its group
               "80 (sh) S 1 70 1 0 -1 0 0 0 0 0 900 0 0 0 20 0 1 0 100080 1 1\n");
    assert_true(pt_helper_begin());
    pt_helper_begun(70);
    struct pt_process_tree *tree = open_tree(50);
    double seconds = pt_process_tree_cpu_seconds(tree);
    enum pt_membership helper = pt_process_tree_find(tree, 70, &start),
                       child = pt_process_tree_find(tree, 71, &start),
                       orphan = pt_process_tree_find(tree, 80, &start);
    pt_helper_ended(70);
    assert_near(seconds, 1, 1e-9);
    assert_int_equal(helper, PT_OUT_OF_TREE);
    assert_int_equal(child, PT_OUT_OF_TREE);
    assert_int_equal(orphan, PT_OUT_OF_TREE);
    (void)unused;
}

static void a_process_is_found_by_its_parents(void **unused)
{
    double start = 0;
    int own = (int)getpid();
    fake_process(&machine, own, 1, 0, 0, "50 ");
    fake_process(&machine, 50, 1, 0, 0, "60 ");
    fake_process(&machine, 60, 50, 0, 0, "70 ");
    fake_process(&machine, 70, 60, 0, 0, "");
    fake_process(&machine, 80, own, 0, 0, "");
    fake_process(&machine, 90, 91, 0, 0, "");
    fake_process(&machine, 91, 90, 0, 0, ""); // in a circle
    struct pt_process_tree *tree = open_tree(50);
    assert_int_equal(pt_process_tree_find(tree, 50, &start), PT_IN_TREE);
    assert_int_equal(pt_process_tree_find(tree, 70, &start), PT_IN_TREE);
    assert_near(start, 100070, 0);
    assert_int_equal(pt_process_tree_find(tree, 80, &start), PT_OUT_OF_TREE);
    assert_int_equal(pt_process_tree_find(tree, own, &start), PT_OUT_OF_TREE);
    assert_int_equal(pt_process_tree_find(tree, 90, &start), PT_OUT_OF_TREE);
    assert_int_equal(pt_process_tree_find(tree, 4711, &start), PT_NO_PROCESS);
    fake_process(&machine, 50, own, 0, 0, "60 ");
    tree = open_tree(50); // a child of ours: our other children are in the tree as well
    assert_int_equal(pt_process_tree_find(tree, 80, &start), PT_IN_TREE);
    assert_int_equal(pt_process_tree_find(tree, own, &start), PT_OUT_OF_TREE);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_tree_is_the_process_and_its_descendants, setup),
        cmocka_unit_test_setup(children_of_every_thread_count, setup),
        cmocka_unit_test_setup(time_of_ended_children_stays, setup),
        cmocka_unit_test_setup(orphans_of_our_child_are_in_the_tree, setup),
        cmocka_unit_test_setup(another_process_of_the_same_number_does_not_count, setup),
        cmocka_unit_test_setup(our_helpers_are_not_in_the_tree, setup),
        cmocka_unit_test_setup(a_process_is_found_by_its_parents, setup),
        cmocka_unit_test_setup(no_process_is_unavailable, setup),
        cmocka_unit_test_setup(large_families_do_not_overflow, setup),
        cmocka_unit_test(stat_is_read_behind_the_last_parenthesis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
