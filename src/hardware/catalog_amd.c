// AMD: Instinct and Radeon.

#include "hardware/catalog.h"

#define GPU(name_, generation_, year_)                                                             \
    .name = (name_), .vendor = "AMD", .kind = PT_HARDWARE_GPU, .generation = (generation_),        \
    .year = (year_)
#define LIST     "maker's list price at launch"
#define TWO_DIES "two dies, which the system shows as two devices; 500 W typical, 560 W peak"
// 1336 GB/s of a die's 1638.
#define FRONTIER "Atchley et al. 2023, Frontier, SC23, GPU STREAM"
// What a row was held against: docs/hardware.md, How facts were checked.
#define SEEN_POWERUP "; agrees with TechPowerUp, GPU database (December 2025)"
#define SEEN_EPOCH   "; agrees with Epoch AI, Machine Learning Hardware (December 2025)"
#define SEEN_BEKMAN  "; agrees with Bekman, ml-engineering (August 2026)"

// clang-format off
static const struct pt_accelerator rows[] = {
    // Instinct. fp32 is that of the vector units
    {GPU("mi25", "vega", 2017), TFLOPS(12.3, NAN, 24.6, NAN, NAN, NAN), MEMORY(16, 484),
     WATTS(300, NAN), UNITS(64), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = "no matrix units: the fp16 peak is that of the vector units; bandwidth not confirmed "
             "at the source: TechPowerUp has 436 GB/s",
     .source = "AMD Radeon Instinct MI25 data sheet (2017)"},
    {GPU("mi50", "vega", 2018), TFLOPS(13.3, NAN, 26.5, NAN, NAN, NAN), MEMORY(32, 1024),
     WATTS(300, NAN), UNITS(60), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = "no matrix units: the fp16 peak is that of the vector units; 32 GB not confirmed at "
             "the source",
     .source = "AMD Radeon Instinct MI50 data sheet (2018), 32 GB"},
    {GPU("mi60", "vega", 2018), TFLOPS(14.7, NAN, 29.5, NAN, NAN, NAN), MEMORY(32, 1024),
     WATTS(300, NAN), UNITS(64), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = "no matrix units: the fp16 peak is that of the vector units",
     .source = "AMD Radeon Instinct MI60 data sheet (2018)" SEEN_POWERUP},
    {GPU("mi100", "cdna1", 2020), TFLOPS(23.1, NAN, 184.6, 92.3, NAN, NAN), MEMORY(32, 1228.8),
     WATTS(300, NAN), UNITS(120), UNMEASURED, .node = "mi100-8", NO_MONEY, NO_CARBON,
     .note = "bf16 is half as fast as fp16",
     .source = "AMD Instinct MI100 data sheet (2020), specifications" SEEN_POWERUP},
    {GPU("mi210", "cdna2", 2022), TFLOPS(22.6, NAN, 181, 181, NAN, NAN), MEMORY(64, 1638.4),
     WATTS(300, NAN), UNITS(104), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "AMD Instinct MI210 data sheet (2022), specifications" SEEN_POWERUP},
    {GPU("mi250", "cdna2", 2021), TFLOPS(45.3, NAN, 362.1, 362.1, NAN, NAN), MEMORY(128, 3276.8),
     WATTS(560, NAN), UNITS(208), MEASURED(NAN, NAN, 0.82, FRONTIER), .node = "mi250-8", NO_MONEY,
     NO_CARBON,
     .note = TWO_DIES,
     .source = "AMD Instinct MI250 data sheet (2021), specifications" SEEN_BEKMAN},
    {GPU("mi250x", "cdna2", 2021), TFLOPS(47.9, NAN, 383, 383, NAN, NAN), MEMORY(128, 3276.8),
     WATTS(560, NAN), UNITS(220), MEASURED(NAN, NAN, 0.82, FRONTIER), .node = "mi250x-4", NO_MONEY,
     NO_CARBON,
     .note = TWO_DIES,
     .source = "AMD Instinct MI250X data sheet (2021), specifications" SEEN_BEKMAN},
    {GPU("mi300a", "cdna3", 2023), TFLOPS(122.6, 490.3, 980.6, 980.6, 1961.2, NAN),
     MEMORY(128, 5300), WATTS(760, NAN), UNITS(228), UNMEASURED, .node = "mi300a-4", NO_MONEY,
     NO_CARBON,
     .note = "processor and GPU in one: TDP of 550 W, 760 W peak, and memory are for both",
     .source = "AMD Instinct MI300A data sheet (2023), specifications" SEEN_EPOCH},
    {GPU("mi300x", "cdna3", 2023), TFLOPS(163.4, 653.7, 1307.4, 1307.4, 2614.9, NAN),
     MEMORY(192, 5300), WATTS(750, NAN), UNITS(304), MEASURED(0.511, NAN, NAN, MAMF),
     .node = "mi300x-8",
     MONEY(6, 15000,
           "Oracle Cloud, on demand, 2025 and 2026; bought: 10,000 to 15,000 USD (Citi, 2024)"),
     NO_CARBON,
     .source = "AMD Instinct MI300X data sheet (2023), specifications" SEEN_BEKMAN SEEN_EPOCH},
    {GPU("mi325x", "cdna3", 2024), TFLOPS(163.4, 653.7, 1307.4, 1307.4, 2614.9, NAN),
     MEMORY(256, 6000), WATTS(1000, NAN), UNITS(304), MEASURED(0.6, NAN, NAN, MAMF),
     .node = "mi325x-8", NO_MONEY, NO_CARBON,
     .source = "AMD Instinct MI325X data sheet (2024), specifications" SEEN_BEKMAN SEEN_EPOCH},
    {GPU("mi350x", "cdna4", 2025), TFLOPS(144.2, NAN, 2306.9, 2306.9, 4613.7, 9227.5),
     MEMORY(288, 8000), WATTS(1000, NAN), UNITS(256), UNMEASURED, .node = "mi350x-8", NO_MONEY,
     NO_CARBON,
     .source = "AMD Instinct MI350X data sheet (2025), specifications" SEEN_EPOCH},
    {GPU("mi355x", "cdna4", 2025), TFLOPS(157.3, NAN, 2516.6, 2516.6, 5033.2, 10066.3),
     MEMORY(288, 8000), WATTS(1400, NAN), UNITS(256), MEASURED(0.622, NAN, NAN, MAMF),
     .node = "mi355x-8", MONEY(8.6, NAN, "Oracle Cloud, on demand, 2025 and 2026"), NO_CARBON,
     .source = "AMD Instinct MI355X data sheet (2025), specifications" SEEN_BEKMAN},
    // Radeon: matrix instructions on the vector units up to RDNA 3
    {GPU("rx-6900-xt", "rdna2", 2020), TFLOPS(23.04, NAN, 46.08, NAN, NAN, NAN), MEMORY(16, 512),
     WATTS(300, NAN), UNITS(80), UNMEASURED, MONEY(NAN, 999, LIST), NO_CARBON,
     .note = "no matrix units: the fp16 peak is that of the vector units",
     .source = "AMD Radeon RX 6900 XT specifications" SEEN_POWERUP},
    {GPU("rx-7900-xt", "rdna3", 2022), TFLOPS(51.6, NAN, 103.2, 103.2, NAN, NAN), MEMORY(20, 800),
     WATTS(315, NAN), UNITS(84), UNMEASURED, MONEY(NAN, 899, LIST), NO_CARBON,
     .note = "TDP not confirmed at the source: TechPowerUp has 300 W",
     .source = "AMD Radeon RX 7900 XT specifications"},
    {GPU("rx-7900-xtx", "rdna3", 2022), TFLOPS(61.4, NAN, 122.8, 122.8, NAN, NAN), MEMORY(24, 960),
     WATTS(355, NAN), UNITS(96), UNMEASURED, MONEY(NAN, 999, LIST), NO_CARBON,
     .source = "AMD Radeon RX 7900 XTX specifications" SEEN_POWERUP},
    {GPU("w7900", "rdna3", 2023), TFLOPS(61.3, NAN, 122.6, 122.6, NAN, NAN), MEMORY(48, 864),
     WATTS(295, NAN), UNITS(96), UNMEASURED, MONEY(NAN, 3999, LIST), NO_CARBON,
     .source = "AMD Radeon PRO W7900 data sheet (2023)" SEEN_POWERUP},
    {GPU("rx-9070-xt", "rdna4", 2025), TFLOPS(48.7, NAN, 195, 195, 389, NAN), MEMORY(16, 644.6),
     WATTS(304, NAN), UNITS(64), UNMEASURED, MONEY(NAN, 599, LIST), NO_CARBON,
     .source = "AMD Radeon RX 9070 XT specifications" SEEN_POWERUP},
    {GPU("ai-pro-r9700", "rdna4", 2025), TFLOPS(47.8, NAN, 191, 191, 383, NAN), MEMORY(32, 640),
     WATTS(300, NAN), UNITS(64), UNMEASURED, MONEY(NAN, 1299, LIST), NO_CARBON,
     .source = "AMD Radeon AI PRO R9700 specifications" SEEN_POWERUP},
};
// clang-format on

const struct pt_accelerator_table pt_catalog_amd = {rows, sizeof rows / sizeof *rows};
