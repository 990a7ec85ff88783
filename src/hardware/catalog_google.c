// Google: a row is a chip, not a core (v2, v3, v4, v5p and v7 have two). No vector peaks are
// published.
//
// Nor are TDPs after v3. Google says how many times as much FLOP a watt of TDP gives: Ironwood 29.3
// times TPU v2 (blog, April 2025) = 29.3 x 46 / 280 = 4.81e12, so 4614 / 4.81 = 960 W; twice
// Trillium, so 918 / 2.41 = 380 W; which has 1.67 times that of v5e, so 197 / 1.44 = 137 W.

#include "hardware/catalog.h"

#define TPU(name_, generation_, year_)                                                             \
    .name = (name_), .vendor = "Google", .kind = PT_HARDWARE_TPU, .generation = (generation_),     \
    .year = (year_)
#define RENT       "Google Cloud, a chip, on demand, US regions, 2025"
#define INT8_NOTE  "the peak of fp8 is int8"
#define RATIO_NOTE "no TDP is published: watts from ratios of efficiency that Google gives"

// clang-format off
static const struct pt_accelerator rows[] = {
    {TPU("tpu-v2", "tpu-v2", 2017), TFLOPS(NAN, NAN, NAN, 46, NAN, NAN), MEMORY(16, 700),
     WATTS(280, NAN), UNITS(2),
     MEASURED(0.99, NAN, NAN, "Austin et al. 2025, How To Scale Your Model, part 9: 95.6 of 96 ms"),
     .node = "tpu-v2-pod", MONEY(1.125, NAN, RENT " (v2-8, a quarter)"), NO_CARBON,
     .note = "bandwidth not confirmed at the source: Epoch AI has 600 GB/s",
     .source = "Jouppi et al. 2021, Ten lessons from three generations, ISCA, table 1"},
    {TPU("tpu-v3", "tpu-v3", 2018), TFLOPS(NAN, NAN, NAN, 123, NAN, NAN), MEMORY(32, 900),
     WATTS(450, 123), UNITS(2), UNMEASURED, .node = "tpu-v3-pod",
     MONEY(2, NAN, RENT " (v3-8, a quarter)"), NO_CARBON,
     .note = "measured in production: 123 W least, 220 W mean, 262 W most",
     .source = "Jouppi et al. 2021, Ten lessons, ISCA, table 1; watts: Google Cloud TPU v3 "
               "documentation, docs.cloud.google.com/tpu/docs/v3"},
    {TPU("tpu-v4", "tpu-v4", 2020), TFLOPS(NAN, NAN, NAN, 275, NAN, NAN), MEMORY(32, 1200),
     WATTS(192, 90), UNITS(2), UNMEASURED, .node = "tpu-v4-pod", MONEY(3.22, NAN, RENT), NO_CARBON,
     .note = "no TDP is published: 192 W is the most measured in production; 90 W least, 170 W "
             "mean",
     .source = "Google Cloud TPU v4 documentation, docs.cloud.google.com/tpu/docs/v4; watts: "
               "Jouppi et al. 2023, ISCA, table 4"},
    {TPU("tpu-v5e", "tpu-v5", 2023), TFLOPS(NAN, NAN, NAN, 197, 393, NAN), MEMORY(16, 819),
     WATTS(137, NAN), UNITS(1), UNMEASURED, .node = "tpu-v5e-pod", MONEY(1.2, NAN, RENT), NO_CARBON,
     .note = INT8_NOTE "; " RATIO_NOTE,
     .source = "Google Cloud TPU v5e documentation, docs.cloud.google.com/tpu/docs/v5e"},
    {TPU("tpu-v5p", "tpu-v5", 2023), TFLOPS(NAN, NAN, NAN, 459, 918, NAN), MEMORY(95, 2765),
     WATTS(NAN, NAN), UNITS(2), UNMEASURED, .node = "tpu-v5p-pod", MONEY(4.2, NAN, RENT), NO_CARBON,
     .note = INT8_NOTE "; no TDP is published; Google's chart of April 2025 gives 5.2 times the "
                       "FLOP per watt of TPU v2: 540 W",
     .source = "Google Cloud TPU v5p documentation, docs.cloud.google.com/tpu/docs/v5p"},
    {TPU("tpu-v6e", "tpu-v6", 2024), TFLOPS(NAN, NAN, NAN, 918, 1836, NAN), MEMORY(32, 1638),
     WATTS(380, NAN), UNITS(1), UNMEASURED, .node = "tpu-v6e-pod", MONEY(2.7, NAN, RENT), NO_CARBON,
     .note = INT8_NOTE "; " RATIO_NOTE,
     .source = "Google Cloud TPU v6e documentation, docs.cloud.google.com/tpu/docs/v6e"},
    {TPU("tpu-v7", "tpu-v7", 2025), TFLOPS(NAN, NAN, NAN, 2307, 4614, NAN), MEMORY(192, 7380),
     WATTS(960, NAN), UNITS(2), UNMEASURED, .node = "tpu-v7-pod", NO_MONEY, NO_CARBON,
     .note = RATIO_NOTE,
     .source = "Google Cloud TPU7x (Ironwood) documentation, docs.cloud.google.com/tpu/docs/tpu7x"},
};
// clang-format on

const struct pt_accelerator_table pt_catalog_google = {rows, sizeof rows / sizeof *rows};
