// The data of the page, for page.js and for whoever reads the page with a program.

#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "report/page.h"

// Six significant digits: more than a plot shows, and a third of the bytes.
static void short_number(struct pt_json_writer *writer, const char *key, double value)
{
    char text[32];
    double rounded = NAN;
    pt_parse_double(pt_page_number(value, 6, text), &rounded);
    pt_json_number(writer, key, rounded);
}

#define GETTER(name, expression)                                                                   \
    static double name(const void *series, int64_t index)                                          \
    {                                                                                              \
        return expression;                                                                         \
    }
#define POINT  (((const struct pt_progress_point *const *)series)[index])
#define SAMPLE (((const struct pt_meter_sample *)series)[index])
GETTER(point_step, (double)POINT->step)
GETTER(point_epoch, (double)POINT->epoch)
GETTER(point_seconds, POINT->seconds)
GETTER(point_loss, POINT->loss)
GETTER(point_accuracy, POINT->accuracy)
GETTER(sample_seconds, SAMPLE.seconds)
GETTER(sample_joules, SAMPLE.joules)
GETTER(sample_watts, SAMPLE.watts)
GETTER(sample_machine_watts, SAMPLE.machine_watts)

// The chosen values of a series, times factor.
static void write_series(struct pt_json_writer *writer, const char *key, const void *series,
                         pt_thin_value *value, const struct pt_thin_indices *chosen, double factor)
{
    pt_json_array(writer, key);
    for (int64_t i = 0; i < chosen->count; i++)
        short_number(writer, NULL, value(series, chosen->index[i]) * factor);
    pt_json_end_array(writer);
}

static enum pt_status write_points(struct pt_json_writer *writer, const char *key,
                                   const struct pt_page *page, const struct pt_page_points *points,
                                   struct pt_error *error)
{
    struct pt_thin_indices chosen;
    const void *series = points->points;
    enum pt_status status = pt_thin_curve(page->arena, series, point_loss, points->count,
                                          PT_PAGE_POINTS, &chosen, error);
    if (status != PT_OK)
        return status;
    pt_json_object(writer, key);
    write_series(writer, "step", series, point_step, &chosen, 1);
    write_series(writer, "epoch", series, point_epoch, &chosen, 1);
    write_series(writer, "seconds", series, point_seconds, &chosen, 1);
    write_series(writer, "loss", series, point_loss, &chosen, 1);
    write_series(writer, "accuracy", series, point_accuracy, &chosen, 1);
    pt_json_end_object(writer);
    return PT_OK;
}

static void write_power(struct pt_json_writer *writer, const struct pt_meter_sample *samples,
                        const struct pt_thin_indices *chosen)
{
    pt_json_object(writer, "power");
    write_series(writer, "seconds", samples, sample_seconds, chosen, 1);
    write_series(writer, "watts", samples, sample_watts, chosen, 1);
    write_series(writer, "machine_watts", samples, sample_machine_watts, chosen, 1);
    pt_json_end_object(writer);
}

static void write_cost(struct pt_json_writer *writer, const struct pt_page *page,
                       const struct pt_thin_indices *chosen)
{
    struct pt_page_cost cost = pt_page_cost(page);
    if (cost.unit == NULL) {
        pt_json_null(writer, "cost");
        return;
    }
    pt_json_object(writer, "cost");
    pt_json_string(writer, "unit", cost.unit);
    pt_json_quantity(writer, "predicted", cost.predicted);
    pt_json_quantity(writer, "predicted_seconds", cost.predicted_seconds);
    write_series(writer, "seconds", page->run->samples, sample_seconds, chosen, 1);
    write_series(writer, "so_far", page->run->samples, sample_joules, chosen, cost.units_per_joule);
    pt_json_end_object(writer);
}

static const struct pt_bill_row *row_of(const struct pt_bill *bill, const char *label)
{
    for (int i = 0; i < bill->row_count; i++)
        if (strcmp(bill->rows[i].label, label) == 0)
            return &bill->rows[i];
    return NULL;
}

static void write_phase(struct pt_json_writer *writer, const char *label,
                        const struct pt_bill_row *metered, const struct pt_bill_row *predicted,
                        double unit_size)
{
    struct pt_quantity missing = pt_quantity_missing();
    pt_json_object(writer, NULL);
    pt_json_string(writer, "label", label);
    pt_json_quantity(writer, "metered",
                     metered == NULL ? missing
                                     : pt_quantity_scale(pt_bill_joules(metered), 1 / unit_size));
    pt_json_quantity(
        writer, "predicted",
        predicted == NULL ? missing : pt_quantity_scale(pt_bill_joules(predicted), 1 / unit_size));
    pt_json_end_object(writer);
}

// The phases of the bill, then those that were only predicted.
static void write_phases(struct pt_json_writer *writer, const struct pt_run_record *record)
{
    static const struct pt_bill none = {.row_count = 0};
    const struct pt_bill *bill = record->has_bill ? &record->bill : &none;
    const struct pt_bill *prediction = record->has_prediction ? &record->prediction : &none;
    const char *unit;
    struct pt_quantity total = pt_bill_joules(&bill->total);
    double unit_size = pt_energy_unit(pt_quantity_known(total) ? total.value : 0, &unit);
    pt_json_object(writer, "phases");
    pt_json_string(writer, "unit", unit);
    pt_json_array(writer, "rows");
    for (int i = 0; i < bill->row_count; i++)
        write_phase(writer, bill->rows[i].label, &bill->rows[i],
                    row_of(prediction, bill->rows[i].label), unit_size);
    for (int i = 0; i < prediction->row_count; i++)
        if (row_of(bill, prediction->rows[i].label) == NULL)
            write_phase(writer, prediction->rows[i].label, NULL, &prediction->rows[i], unit_size);
    pt_json_end_array(writer);
    pt_json_end_object(writer);
}

static enum pt_status write_charts(struct pt_json_writer *writer, const struct pt_page *page,
                                   struct pt_error *error)
{
    struct pt_thin_indices chosen;
    const struct pt_report_run *run = page->run;
    enum pt_status status = pt_thin_curve(page->arena, run->samples, sample_watts,
                                          run->sample_count, PT_PAGE_POINTS, &chosen, error);
    if (status == PT_OK)
        status = write_points(writer, "training", page, &page->steps, error);
    if (status == PT_OK)
        status = write_points(writer, "evaluation", page, &page->evaluations, error);
    if (status != PT_OK)
        return status;
    write_power(writer, run->samples, &chosen);
    write_cost(writer, page, &chosen);
    write_phases(writer, run->record);
    return PT_OK;
}

enum pt_status pt_page_data(const struct pt_page *page, struct pt_error *error)
{
    struct pt_json_writer writer;
    pt_json_begin(&writer, page->stream, false);
    pt_json_object(&writer, NULL);
    pt_json_object(&writer, "run");
    pt_run_write_json(&writer, page->run->record, &page->texts);
    pt_json_end_object(&writer);
    pt_json_object(&writer, "charts");
    enum pt_status status = write_charts(&writer, page, error);
    if (status != PT_OK)
        return status;
    pt_json_end_object(&writer);
    pt_json_end_object(&writer);
    return PT_OK;
}
