// Prediction beside measurement.

#include "report/comparison.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/table.h"

const char *pt_hit_text(enum pt_hit hit)
{
    static const char *const texts[] = {
        [PT_HIT_UNKNOWN] = "-",
        [PT_HIT_INSIDE] = "inside",
        [PT_HIT_BELOW] = "below",
        [PT_HIT_ABOVE] = "above",
    };
    return texts[hit];
}

// Four digits before the point are enough: a prediction that is wrong by more is wrong by factors.
const char *pt_format_deviation(double deviation, char *buffer)
{
    double percent = deviation * 100;
    if (!isfinite(deviation))
        return strcpy(buffer, "-");
    if (fabs(percent) >= 1000)
        pt_format_c(buffer, 32, "x %.3g", deviation + 1);
    else
        pt_format_c(buffer, 32, "%+.*f %%", fabs(percent) < 100 ? 1 : 0, percent);
    return buffer;
}

static void judge(struct pt_comparison *line)
{
    line->deviation = NAN;
    line->hit = PT_HIT_UNKNOWN;
    if (!pt_quantity_known(line->predicted) || !pt_quantity_known(line->metered))
        return;
    double value = line->metered.value;
    if (line->predicted.value != 0)
        line->deviation = (value - line->predicted.value) / fabs(line->predicted.value);
    if (value < line->predicted.low)
        line->hit = PT_HIT_BELOW;
    else if (value > line->predicted.high)
        line->hit = PT_HIT_ABOVE;
    else if (value >= line->predicted.low && value <= line->predicted.high)
        line->hit = PT_HIT_INSIDE;
}

static struct pt_comparison compare(const char *label, struct pt_quantity predicted,
                                    struct pt_quantity metered, pt_report_formatter *format)
{
    struct pt_comparison line = {.label = label, .predicted = predicted, .metered = metered};
    pt_quantity_describe(predicted, format, &line.predicted_text);
    pt_quantity_describe(metered, format, &line.metered_text);
    pt_quantity_match_unit(predicted, metered, &line.metered_text, &line.predicted_text);
    judge(&line);
    return line;
}

static struct pt_comparison compare_money(const struct pt_bill *prediction,
                                          const struct pt_bill *bill)
{
    struct pt_comparison line = {
        .label = "money",
        .predicted = pt_bill_money(&prediction->total),
        .metered = pt_bill_money(&bill->total),
        .deviation = NAN,
    };
    pt_money_describe(line.predicted, prediction->currency, &line.predicted_text);
    pt_money_describe(line.metered, bill->currency, &line.metered_text);
    if (strcmp(prediction->currency, bill->currency) == 0)
        judge(&line);
    return line;
}

void pt_comparison_fill(const struct pt_bill *prediction, const struct pt_bill *bill,
                        struct pt_comparison lines[PT_COMPARISON_LINES])
{
    lines[0] = compare("time", prediction->total.seconds, bill->total.seconds, pt_format_duration);
    lines[1] = compare("energy", pt_bill_joules(&prediction->total), pt_bill_joules(&bill->total),
                       pt_format_joules);
    lines[2] = compare_money(prediction, bill);
    lines[3] = compare("CO2e", pt_bill_grams(&prediction->total), pt_bill_grams(&bill->total),
                       pt_format_grams);
}
