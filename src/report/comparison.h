// The prediction beside the measurement, one line a quantity.
#ifndef PT_REPORT_COMPARISON_H
#define PT_REPORT_COMPARISON_H

#include "report/quantity_text.h"

enum { PT_COMPARISON_LINES = 4 };

enum pt_hit {
    PT_HIT_UNKNOWN, // one side is missing, or both have different currencies
    PT_HIT_INSIDE,  // the measurement lies within the predicted interval
    PT_HIT_BELOW,
    PT_HIT_ABOVE,
};

struct pt_comparison {
    const char *label; // "time", "energy", "money", "CO2e"
    struct pt_quantity predicted, metered;
    struct pt_quantity_text predicted_text, metered_text;
    double deviation; // (metered - predicted) / predicted; NAN if unknown
    enum pt_hit hit;
};

void pt_comparison_fill(const struct pt_bill *prediction, const struct pt_bill *bill,
                        struct pt_comparison lines[PT_COMPARISON_LINES]);
// "+3.4 %", "-" if unknown; a buffer of at least 32 bytes. Returns it.
const char *pt_format_deviation(double deviation, char *buffer);
// "inside", "below", "above", "-".
const char *pt_hit_text(enum pt_hit hit);

#endif
