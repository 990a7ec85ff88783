// The meter of powertrain.h: a sensor, a meter of this process, phases by name, and their bill.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "cost/bill.h"
#include "meter/meter.h"
#include "meter/phase_book.h"

_Static_assert((int)PT_METER_PHASES_MAX == (int)PT_PHASE_NAMES_MAX,
               "the public limit is the meter's");
_Static_assert((int)PT_METER_NAME_SIZE >= (int)PT_PHASE_NAME_SIZE, "names of the meter fit");

struct pt_meter {
    struct pt_sensor *sensor;
    struct pt_meter_engine *engine;
    struct pt_phase_book book;
    struct pt_arena *arena; // NULL: no tariff
    struct pt_tariff tariff;
    bool settled;
    struct pt_meter_report report;
};

static void destroy(struct pt_meter *meter)
{
    pt_meter_close(meter->engine);
    pt_sensor_close(meter->sensor);
    pt_phase_book_close(&meter->book);
    pt_arena_destroy(meter->arena);
    free(meter);
}

static enum pt_status open_sensor(struct pt_meter *meter, const struct pt_meter_options *options,
                                  struct pt_error *error)
{
    struct pt_sensor_options sensor = {.root = options->root};
    if (options->sensor == NULL)
        return pt_sensor_open_best(&sensor, &meter->sensor, error);
    return pt_sensor_open(options->sensor, &sensor, &meter->sensor, error);
}

static enum pt_status read_tariff(struct pt_meter *meter, const struct pt_meter_options *options,
                                  struct pt_error *error)
{
    const struct pt_node *node = NULL;
    enum pt_status status = PT_OK;
    meter->tariff = pt_tariff_none();
    if (options->region == NULL && options->tariff == NULL)
        return PT_OK;
    if (options->region != NULL && options->tariff != NULL)
        return pt_fail(error, PT_USAGE,
                       "pt_meter_start: region %s and tariff %s exclude each other; a tariff file "
                       "has a key region of its own",
                       options->region, options->tariff);
    meter->arena = pt_arena_create();
    if (meter->arena == NULL)
        return pt_fail(error, PT_NO_MEMORY, "meter: out of memory");
    if (options->region != NULL)
        return pt_tariff_from_grid(meter->arena, options->region, &meter->tariff, error);
    status = pt_node_read_file(meter->arena, options->tariff, &node, error);
    return status == PT_OK ? pt_tariff_from_node(meter->arena, node, &meter->tariff, error)
                           : status;
}

static enum pt_status open_engine(struct pt_meter *meter, const struct pt_meter_options *options,
                                  struct pt_error *error)
{
    struct pt_meter_config config = {
        .sensor = meter->sensor,
        .root = options->root,
        .interval_seconds = options->interval_seconds == 0 ? 0.1 : options->interval_seconds,
        .scope = PT_SCOPE_SELF,
        .phase_book = &meter->book,
        .tariff = meter->arena != NULL ? &meter->tariff : NULL,
    };
    return pt_meter_open(&config, &meter->engine, error);
}

// A caller compiled against an older header has a smaller struct: what it lacks is 0.
static enum pt_status take_options(const struct pt_meter_options *given,
                                   struct pt_meter_options *ret_options, struct pt_error *error)
{
    struct pt_meter_options options = {.struct_size = sizeof options};
    if (given != NULL && (given->struct_size == 0 || given->struct_size > sizeof options))
        return pt_fail(error, PT_USAGE,
                       "pt_meter_start: struct_size is %zu; set it to sizeof(struct "
                       "pt_meter_options), here %zu",
                       given->struct_size, sizeof options);
    if (given != NULL)
        memcpy(&options, given, given->struct_size);
    *ret_options = options;
    return PT_OK;
}

enum pt_status pt_meter_start(const struct pt_meter_options *options, struct pt_meter **ret_meter,
                              struct pt_error *error)
{
    struct pt_meter_options whole = {0};
    enum pt_status status = take_options(options, &whole, error);
    if (status != PT_OK)
        return status;
    struct pt_meter *meter = calloc(1, sizeof *meter);
    if (meter == NULL)
        return pt_fail(error, PT_NO_MEMORY, "meter: out of memory");
    pt_phase_book_init(&meter->book, "run");
    status = read_tariff(meter, &whole, error);
    if (status == PT_OK)
        status = open_sensor(meter, &whole, error);
    if (status == PT_OK)
        status = open_engine(meter, &whole, error);
    if (status != PT_OK) {
        destroy(meter);
        return status;
    }
    *ret_meter = meter;
    return PT_OK;
}

// ------------------------------------------------------------------------------------------ phases
static void say(struct pt_meter *meter, enum pt_phase_verb verb, const char *name)
{
    struct pt_phase_event event = {.verb = verb, .time_ns = PT_PHASE_NO_TIME};
    if (name != NULL)
        pt_phase_name_clean(name, strlen(name), event.text, PT_PHASE_NAME_SIZE);
    pt_phase_book_say(&meter->book, PT_SPEAKER_OUTSIDE, &event,
                      pt_clock_monotonic(&pt_system_clock));
}

void pt_meter_phase(struct pt_meter *meter, const char *name)
{
    say(meter, PT_SAYS_PHASE, name);
}

void pt_meter_begin(struct pt_meter *meter, const char *name)
{
    say(meter, PT_SAYS_BEGIN, name);
}

void pt_meter_end(struct pt_meter *meter, const char *name)
{
    say(meter, PT_SAYS_END, name);
}

// --------------------------------------------------------------------------------- result and bill
static void fill_result(const struct pt_meter *meter, struct pt_meter_result *ret_result)
{
    const struct pt_meter_report *report = &meter->report;
    *ret_result = (struct pt_meter_result){
        .duration_seconds = report->seconds,
        .energy_joules = report->joules.value,
        .low_joules = report->joules.low,
        .high_joules = report->joules.high,
        .cpu_seconds = report->cpu_seconds,
        .sensor = pt_sensor_name(meter->sensor),
        .provenance = pt_provenance_text(report->joules.provenance),
        .phase_count = report->phase_count,
    };
    for (int i = 0; i < report->phase_count; i++) {
        struct pt_meter_phase_result *phase = &ret_result->phases[i];
        memcpy(phase->name, report->phases[i].name, PT_PHASE_NAME_SIZE);
        phase->duration_seconds = report->phases[i].seconds;
        phase->energy_joules = report->phases[i].joules.value;
    }
}

static void fill_windows(const struct pt_meter_report *report, struct pt_meter_bill *bill)
{
    bill->window_count = report->window_count;
    for (int i = 0; i < report->window_count; i++) {
        const struct pt_meter_phase_total *from = &report->windows[i];
        struct pt_meter_window_result *to = &bill->windows[i];
        memcpy(to->name, from->name, PT_PHASE_NAME_SIZE);
        to->count = from->count;
        to->duration_seconds = from->seconds;
        to->energy_joules = from->joules.value;
        to->low_joules = from->joules.low;
        to->high_joules = from->joules.high;
    }
}

// Phase by phase, each at the price that its joules had when they were used.
static enum pt_status price(const struct pt_meter *meter, struct pt_meter_bill *bill,
                            struct pt_error *error)
{
    struct pt_bill rows;
    enum pt_status status = PT_OK;
    pt_bill_begin(&rows, &meter->tariff);
    for (int i = 0; i < meter->report.phase_count && status == PT_OK; i++) {
        const struct pt_meter_phase_total *phase = &meter->report.phases[i];
        if (!(phase->joules.value > 0) && pt_quantity_known(phase->joules))
            continue; // it has no price, and costs nothing
        status = pt_bill_add_priced(
            &rows, phase->name, pt_quantity_relative(phase->seconds, 0, PT_MEASURED), phase->joules,
            phase->price_per_kwh, phase->carbon_grams_per_kwh, error);
    }
    if (status == PT_OK)
        status = pt_bill_close(&rows, &meter->tariff, error);
    if (status != PT_OK)
        return status;
    struct pt_quantity money = pt_bill_money(&rows.total), grams = pt_bill_grams(&rows.total);
    bill->money = money.value;
    bill->low_money = money.low;
    bill->high_money = money.high;
    bill->co2e_grams = grams.value;
    bill->low_co2e_grams = grams.low;
    bill->high_co2e_grams = grams.high;
    memcpy(bill->currency, rows.currency, sizeof bill->currency);
    return PT_OK;
}

static enum pt_status settle(struct pt_meter *meter, struct pt_error *error)
{
    if (meter->settled)
        return PT_OK;
    enum pt_status status = pt_meter_finish(meter->engine, &meter->report, error);
    meter->settled = status == PT_OK;
    return status;
}

enum pt_status pt_meter_settle(struct pt_meter *meter, struct pt_meter_result *ret_result,
                               struct pt_meter_bill *ret_bill, struct pt_error *error)
{
    struct pt_meter_bill bill = {.money = NAN,
                                 .low_money = NAN,
                                 .high_money = NAN,
                                 .co2e_grams = NAN,
                                 .low_co2e_grams = NAN,
                                 .high_co2e_grams = NAN};
    size_t size = ret_bill->struct_size;
    if (size < sizeof bill.struct_size || size > sizeof bill)
        return pt_fail(error, PT_USAGE,
                       "pt_meter_settle: struct_size is %zu; set it to sizeof(struct "
                       "pt_meter_bill), here %zu",
                       size, sizeof bill);
    if (meter->settled)
        return pt_fail(error, PT_USAGE, "pt_meter_settle: the meter was stopped already");
    enum pt_status status = settle(meter, error);
    if (status == PT_OK && meter->arena != NULL)
        status = price(meter, &bill, error);
    if (status != PT_OK)
        return status;
    bill.struct_size = size;
    bill.kwh = meter->report.joules.value / PT_JOULES_PER_KWH;
    bill.machine_joules = meter->report.machine_joules.value;
    fill_windows(&meter->report, &bill);
    memcpy(ret_bill, &bill, size);
    if (ret_result != NULL)
        fill_result(meter, ret_result);
    return PT_OK;
}

enum pt_status pt_meter_stop(struct pt_meter *meter, struct pt_meter_result *ret_result,
                             struct pt_error *error)
{
    enum pt_status status = settle(meter, error);
    if (status == PT_OK && ret_result != NULL)
        fill_result(meter, ret_result);
    destroy(meter);
    return status;
}
