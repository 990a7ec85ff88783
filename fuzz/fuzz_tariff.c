// Any text as a tariff: it is read or refused, and what is read gives prices that are numbers.

#include <math.h>
#include <stdlib.h>

#include "cost/bill.h"
#include "cost/tariff_site.h"

static void use(const struct pt_tariff *tariff, int64_t from_ns, int64_t to_ns)
{
    struct pt_quantity mean = pt_tariff_mean_price(tariff, from_ns, to_ns);
    struct pt_quantity now = pt_tariff_price(tariff, from_ns);
    if (pt_quantity_known(now) && !(isfinite(now.value) && now.low <= now.value))
        abort();
    if (pt_quantity_known(mean) && !(isfinite(mean.value) && mean.value <= mean.high))
        abort();

    if (tariff->site != NULL && isinf(pt_tariff_site_net_kw(tariff->site, from_ns, to_ns)))
        abort();

    struct pt_bill bill;
    pt_bill_begin(&bill, tariff);
    if (pt_bill_add(&bill, tariff, "x", pt_quantity_exact(1), pt_quantity_exact(3.6e6), from_ns,
                    to_ns, NULL) == PT_OK)
        pt_bill_close(&bill, tariff, NULL);
}

// A tariff may name a feed; nobody is asked for it here.
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    return setenv("POWERTRAIN_OFFLINE", "1", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct pt_arena *arena = pt_arena_create();
    const struct pt_node *node;
    struct pt_tariff tariff;

    if (arena != NULL &&
        pt_yaml_parse(arena, (const char *)bytes, length, "fuzz", &node, NULL) == PT_OK &&
        pt_tariff_from_node(arena, node, &tariff, NULL) == PT_OK) {
        use(&tariff, 1795521600000000000, 1795700000000000000);
        use(&tariff, -1, 1);
        use(&tariff, INT64_MIN, INT64_MIN + 1000000000000);
        use(&tariff, 0, INT64_MAX);
    }
    pt_arena_destroy(arena);
    return 0;
}
