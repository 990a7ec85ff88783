// A number on a plan or a bill: a value, the interval that holds it with 90 % probability, and
// where it comes from. Missing is never 0.
#ifndef PT_BASE_QUANTITY_H
#define PT_BASE_QUANTITY_H

#include "base/status.h"

// From the surest to the least sure; a result is as sure as its least sure part.
#define PT_PROVENANCE_LIST(X)                                                                      \
    X(PT_EXACT, "exact")         /* counted or defined */                                          \
    X(PT_MEASURED, "measured")   /* a meter or a clock read it, here */                            \
    X(PT_PUBLISHED, "published") /* a source says so */                                            \
    X(PT_MODELLED, "modelled")   /* a model of ours computed it */                                 \
    X(PT_ASSUMED, "assumed")     /* a default that nobody confirmed */                             \
    X(PT_MISSING, "missing")

enum pt_provenance {
#define PT_PROVENANCE_MEMBER(name, text) name,
    PT_PROVENANCE_LIST(PT_PROVENANCE_MEMBER)
#undef PT_PROVENANCE_MEMBER
};

struct pt_quantity {
    double value, low, high; // low <= value <= high; all NAN if missing
    enum pt_provenance provenance;
};

const char *pt_provenance_text(enum pt_provenance provenance);
// PT_MISSING if text names none.
enum pt_provenance pt_provenance_parse(const char *text);

struct pt_quantity pt_quantity_exact(double value);
// value * (1 - relative) to value * (1 + relative), with low never below 0 for a value >= 0.
struct pt_quantity pt_quantity_relative(double value, double relative,
                                        enum pt_provenance provenance);
struct pt_quantity pt_quantity_missing(void);
bool pt_quantity_known(struct pt_quantity quantity);

// Sum of quantities whose errors go together (same meter, same model): the ends add up.
struct pt_quantity pt_quantity_sum(struct pt_quantity a, struct pt_quantity b);
// Product and ratio of quantities whose errors are independent: relative half-widths in quadrature.
struct pt_quantity pt_quantity_product(struct pt_quantity a, struct pt_quantity b);
struct pt_quantity pt_quantity_ratio(struct pt_quantity a, struct pt_quantity b);
// Times an exact number.
struct pt_quantity pt_quantity_scale(struct pt_quantity a, double factor);

#endif
