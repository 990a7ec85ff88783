// Arithmetic with intervals and provenance.

#include "base/quantity.h"

#include <math.h>
#include <string.h>

static const char *const provenance_texts[] = {
#define PT_PROVENANCE_TEXT(name, text) [name] = text,
    PT_PROVENANCE_LIST(PT_PROVENANCE_TEXT)
#undef PT_PROVENANCE_TEXT
};

const char *pt_provenance_text(enum pt_provenance provenance)
{
    return provenance_texts[provenance];
}

enum pt_provenance pt_provenance_parse(const char *text)
{
    for (int i = 0; i < PT_MISSING; i++)
        if (strcmp(text, provenance_texts[i]) == 0)
            return (enum pt_provenance)i;
    return PT_MISSING;
}

struct pt_quantity pt_quantity_missing(void)
{
    return (struct pt_quantity){NAN, NAN, NAN, PT_MISSING};
}

bool pt_quantity_known(struct pt_quantity quantity)
{
    return quantity.provenance != PT_MISSING && !isnan(quantity.value);
}

struct pt_quantity pt_quantity_exact(double value)
{
    return (struct pt_quantity){value, value, value, PT_EXACT};
}

struct pt_quantity pt_quantity_relative(double value, double relative,
                                        enum pt_provenance provenance)
{
    double half = fabs(value) * relative;
    double low = value >= 0 ? fmax(0, value - half) : value - half;
    return (struct pt_quantity){value, low, value + half, provenance};
}

static enum pt_provenance weaker(enum pt_provenance a, enum pt_provenance b)
{
    return a > b ? a : b;
}

struct pt_quantity pt_quantity_sum(struct pt_quantity a, struct pt_quantity b)
{
    if (!pt_quantity_known(a) || !pt_quantity_known(b))
        return pt_quantity_missing();
    return (struct pt_quantity){a.value + b.value, a.low + b.low, a.high + b.high,
                                weaker(a.provenance, b.provenance)};
}

struct pt_quantity pt_quantity_scale(struct pt_quantity a, double factor)
{
    double low = a.low * factor, high = a.high * factor;
    return (struct pt_quantity){a.value * factor, fmin(low, high), fmax(low, high), a.provenance};
}

// 0 times anything is 0, even times an end that is infinite.
static double times(double a, double b)
{
    return a == 0 || b == 0 ? 0 : a * b;
}

// How far the ends of q move the product below and above its value, if factor is the other one. A
// negative factor turns the interval around.
static void moves(struct pt_quantity q, double factor, double *ret_below, double *ret_above)
{
    double from_low = times(q.low - q.value, factor), from_high = times(q.high - q.value, factor);
    *ret_below = -fmin(from_low, from_high);
    *ret_above = fmax(from_low, from_high);
}

// First-order propagation: each factor moves the product by its own distance times the other's
// value. Amounts on a bill are not negative; for them both lowest ends together bound the product
// from below.
struct pt_quantity pt_quantity_product(struct pt_quantity a, struct pt_quantity b)
{
    if (!pt_quantity_known(a) || !pt_quantity_known(b))
        return pt_quantity_missing();
    double value = a.value * b.value, a_below, a_above, b_below, b_above;
    moves(a, b.value, &a_below, &a_above);
    moves(b, a.value, &b_below, &b_above);
    double low = value - hypot(a_below, b_below), high = value + hypot(a_above, b_above);
    if (a.low >= 0 && b.low >= 0) {
        low = fmax(low, times(a.low, b.low));
        if (value == 0) // the other factor's ends are all that is known
            high = times(a.high, b.high);
    }
    return (struct pt_quantity){value, low, high, weaker(a.provenance, b.provenance)};
}

// 1 / q of a value that is not 0; an end is infinite where the interval touches or crosses 0.
static struct pt_quantity inverse(struct pt_quantity q)
{
    double low = -INFINITY, high = INFINITY;
    if (q.low >= 0 || q.high < 0)
        low = 1 / q.high;
    if (q.high <= 0 || q.low > 0)
        high = 1 / q.low;
    return (struct pt_quantity){1 / q.value, low, high, q.provenance};
}

struct pt_quantity pt_quantity_ratio(struct pt_quantity a, struct pt_quantity b)
{
    if (!pt_quantity_known(a) || !pt_quantity_known(b) || b.value == 0)
        return pt_quantity_missing();
    return pt_quantity_product(a, inverse(b));
}
