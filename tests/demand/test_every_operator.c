// Laws of the registry: every operator is known to the rooms below, and describes itself.

#include "support.h"

#include "demand/operator_demand.h"
#include "model/operator.h"

static void every_operator_can_be_counted(void **unused)
{
    (void)unused;
    int count = 0;
    for (; pt_operators[count] != NULL; count++) {
        const struct pt_operator *kind = pt_operators[count];
        assert_non_null(kind->infer);
        assert_true(strlen(kind->summary) > 5);
        assert_ptr_equal(pt_operator_find(kind->name), kind); // names are unique
        assert_non_null(pt_operator_demand_find(kind->name));
        // What backward reads from a stash must have one.
        assert_int_equal((kind->backward_reads & PT_READS_STASH) != 0, kind->stash_bytes != NULL);
    }
    assert_true(count >= 11);
}

static void defaults_lie_in_their_range(void **unused)
{
    (void)unused;
    for (int i = 0; pt_operators[i] != NULL; i++) {
        const struct pt_attribute_spec *spec = pt_operators[i]->attributes;
        for (; spec != NULL && spec->name != NULL; spec++)
            assert_true(spec->required ||
                        (spec->fallback >= spec->least && spec->fallback <= spec->most));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operator_can_be_counted),
        cmocka_unit_test(defaults_lie_in_their_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
