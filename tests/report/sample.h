// A training run as the ledger would give it: five epochs of a small network.
#ifndef PT_TEST_REPORT_SAMPLE_H
#define PT_TEST_REPORT_SAMPLE_H

#include "report/report.h"
#include "support.h"

enum { SAMPLE_POINTS = 240, SAMPLE_SAMPLES = 120, SAMPLE_EPOCHS = 5 };

struct sample {
    struct pt_run_record record;
    struct pt_progress_point points[SAMPLE_POINTS + SAMPLE_EPOCHS];
    int64_t point_count;
    struct pt_meter_sample samples[SAMPLE_SAMPLES];
    int64_t sample_count;
};

static inline struct pt_quantity sample_quantity(double value, double low, double high,
                                                 enum pt_provenance provenance)
{
    return (struct pt_quantity){value, low, high, provenance};
}

// 0.30 EUR/kWh and 380 g/kWh, or nothing known.
static inline struct pt_tariff sample_tariff(bool priced)
{
    struct pt_tariff tariff = {
        .name = "sample",
        .price_per_kwh = pt_quantity_missing(),
        .carbon_grams_per_kwh = pt_quantity_missing(),
        .pue = pt_quantity_exact(1),
        .price_source = "",
        .carbon_source = "",
        .pue_source = "",
    };
    if (priced) {
        strcpy(tariff.currency, "EUR");
        tariff.price_per_kwh = sample_quantity(0.30, 0.24, 0.36, PT_PUBLISHED);
        tariff.carbon_grams_per_kwh = sample_quantity(380, 342, 418, PT_PUBLISHED);
        tariff.pue = sample_quantity(1.2, 1.1, 1.4, PT_ASSUMED);
        tariff.price_source = "industrial consumers, Germany, second half of a year, without taxes";
        tariff.carbon_source = "generation mix, Germany, annual average";
    }
    return tariff;
}

static const char *const sample_phases[] = {"setup",     "data",     "forward",   "backward",
                                            "optimizer", "evaluate", "checkpoint"};
static const double sample_shares[] = {0.01, 0.03, 0.27, 0.49, 0.14, 0.05, 0.01};

static inline void sample_bill(struct pt_bill *bill, bool priced, double seconds, double joules,
                               double relative_error, enum pt_provenance provenance)
{
    struct pt_error error;
    struct pt_tariff tariff = sample_tariff(priced);
    pt_bill_begin(bill, &tariff);
    for (int i = 0; i < 7; i++)
        assert_status(
            pt_bill_add(bill, &tariff, sample_phases[i],
                        pt_quantity_exact(seconds * sample_shares[i]),
                        pt_quantity_relative(joules * sample_shares[i], relative_error, provenance),
                        0, 1000000000, &error),
            PT_OK, &error);
    assert_status(pt_bill_close(bill, &tariff, &error), PT_OK, &error);
    snprintf(bill->energy_source, sizeof bill->energy_source,
             "CPU time times watts per thread of this microarchitecture");
}

// Losses fall as a power of the step with a ripple; every number follows from its index alone.
static inline void sample_curves(struct sample *sample, double seconds, double joules)
{
    for (int i = 0; i < SAMPLE_POINTS; i++) {
        double share = (i + 1.0) / SAMPLE_POINTS;
        int epoch = 1 + i * SAMPLE_EPOCHS / SAMPLE_POINTS;
        sample->points[sample->point_count++] = (struct pt_progress_point){
            .seconds = share * seconds,
            .step = (int64_t)(share * 2345),
            .epoch = epoch,
            .loss = 0.24 + 1.6 * pow(1 + 40 * share, -0.8) + 0.035 * sin(i * 2.399) * sin(i * 0.7),
            .accuracy = NAN,
        };
        if ((i + 1) % (SAMPLE_POINTS / SAMPLE_EPOCHS) == 0)
            sample->points[sample->point_count++] = (struct pt_progress_point){
                .seconds = share * seconds,
                .step = (int64_t)(share * 2345),
                .epoch = epoch,
                .loss = 0.46 - 0.12 * share,
                .accuracy = 0.835 + 0.052 * sqrt(share),
                .evaluation = true,
            };
    }
    sample->sample_count = SAMPLE_SAMPLES;
    for (int i = 0; i < SAMPLE_SAMPLES; i++) {
        double watts = joules / seconds * (1 + 0.06 * sin(i * 1.3) + (i % 24 == 23 ? -0.25 : 0));
        sample->samples[i] = (struct pt_meter_sample){
            .seconds = seconds * (i + 1) / SAMPLE_SAMPLES,
            .joules = joules * (i + 1) / SAMPLE_SAMPLES,
            .watts = watts,
            .machine_watts = watts + 6.5 + 0.8 * sin(i * 0.4),
        };
    }
}

static inline void sample_fill(struct sample *sample, bool priced)
{
    enum { SECONDS = 12, JOULES = 410 };
    memset(sample, 0, sizeof *sample);
    sample->record = (struct pt_run_record){
        .id = 12,
        .kind = "train",
        .name = "fashion-mlp",
        .command = "powertrain train examples/fashion-mlp.yaml",
        .machine = "AMD EPYC 9B45, 2 threads",
        .sensor = "model",
        .status = "finished",
        .plan_json = "{\"parameter_count\": 669706, \"memory_bytes\": 58720256,\n"
                     " \"seconds\": {\"value\": 11.2, \"low\": 9, \"high\": 14}}",
        .result_json = "{\"loss\": 0.2713, \"test_loss\": 0.3402, \"test_accuracy\": 0.8871, "
                       "\"samples\": 300000, \"samples_per_second\": 25000.5, "
                       "\"matmul\": \"onednn\"}",
        .graph_signature = 0x1234,
        .start_realtime_ns = 1795509672000000000,
        .end_realtime_ns = 1795509684000000000,
        .duration_seconds = SECONDS,
        .has_prediction = true,
        .has_bill = true,
    };
    sample_bill(&sample->record.bill, priced, SECONDS, JOULES, 0.2, PT_MODELLED);
    sample_bill(&sample->record.prediction, priced, 11.2, 385, 0.3, PT_MODELLED);
    sample_curves(sample, SECONDS, JOULES);
}

static inline enum pt_status sample_html(const struct sample *sample, const char *path,
                                         struct pt_error *error)
{
    return pt_report_html(path, &sample->record, sample->points, sample->point_count,
                          sample->samples, sample->sample_count, error);
}

#endif
