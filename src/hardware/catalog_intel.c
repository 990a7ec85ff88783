// Intel: Gaudi, Data Center GPU, Arc. A product of Gaudi is run by a few large units: no tiles.

#include "hardware/catalog.h"

#define GPU(name_, generation_, year_)                                                             \
    .name = (name_), .vendor = "Intel", .kind = PT_HARDWARE_GPU, .generation = (generation_),      \
    .year = (year_)
#define NPU(name_, generation_, year_)                                                             \
    .name = (name_), .vendor = "Intel", .kind = PT_HARDWARE_NPU, .generation = (generation_),      \
    .year = (year_)
#define LIST "maker's list price at launch"
// What a row was held against: docs/hardware.md, How facts were checked.
#define SEEN_POWERUP "; agrees with TechPowerUp, GPU database (December 2025)"
#define SEEN_BEKMAN  "; agrees with Bekman, ml-engineering (August 2026)"

// clang-format off
static const struct pt_accelerator rows[] = {
    {NPU("gaudi2", "gaudi2", 2022), TFLOPS(NAN, NAN, 432, 432, 865, NAN), MEMORY(96, 2460),
     WATTS(600, NAN), UNITS(0), MEASURED(0.969, 0.955, NAN, MAMF), .node = "gaudi2-8", NO_MONEY,
     NO_CARBON,
     .source = "Intel Gaudi 2 AI accelerator white paper; Kaplan, Hot Chips 2024, product "
               "generations" SEEN_BEKMAN},
    {NPU("gaudi3", "gaudi3", 2024), TFLOPS(229, 459, 459, 1835, 1835, NAN), MEMORY(128, 3670),
     WATTS(900, NAN), UNITS(0), MEASURED(0.677, 0.703, NAN, MAMF), .node = "gaudi3-8", NO_MONEY,
     NO_CARBON,
     .note = "air cooled; 1200 W with liquid; sold parts run at 1.6 instead of 1.75 GHz",
     .source = "Intel Gaudi 3 AI accelerator white paper (2024), OAM; Kaplan, Hot Chips 2024, "
               "spec and block diagram"},
    {NPU("gaudi3-pcie", "gaudi3", 2025), TFLOPS(229, 459, 459, 1835, 1835, NAN), MEMORY(128, 3670),
     WATTS(600, NAN), UNITS(0), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = "row not confirmed at the source",
     .source = "Intel Gaudi 3 PCIe card HL-338 product brief"},
    {GPU("max-1550", "xe-hpc", 2023), TFLOPS(52.4, 419, 839, 839, NAN, NAN), MEMORY(128, 3276.8),
     WATTS(600, NAN), UNITS(128), UNMEASURED, .node = "max-1550-6", NO_MONEY, NO_CARBON,
     .source = "Intel Data Center GPU Max 1550 product page and Xe HPC architecture white paper"
               SEEN_POWERUP},
    {GPU("max-1100", "xe-hpc", 2023), TFLOPS(22.2, 177.8, 355.5, 355.5, NAN, NAN),
     MEMORY(48, 1228.8), WATTS(300, NAN), UNITS(56), UNMEASURED, .node = "pcie-8", NO_MONEY,
     NO_CARBON,
     .source = "Intel Data Center GPU Max 1100 product page: 56 Xe cores x 4096 FLOP x 1.55 GHz"
               SEEN_POWERUP},
    {GPU("flex-170", "xe-hpg", 2022), TFLOPS(16.8, NAN, 128, 128, NAN, NAN), MEMORY(16, 576),
     WATTS(150, NAN), UNITS(32), UNMEASURED, .node = "pcie-4", NO_MONEY, NO_CARBON,
     .note = "bandwidth not confirmed at the source: TechPowerUp has 512 GB/s",
     .source = "Intel Data Center GPU Flex 170 product page: 256 TOPS int8, halved"},
    {GPU("arc-a770", "xe-hpg", 2022), TFLOPS(19.7, NAN, 157.3, 157.3, NAN, NAN), MEMORY(16, 560),
     WATTS(225, NAN), UNITS(32), UNMEASURED, MONEY(NAN, 349, LIST), NO_CARBON,
     .note = "bandwidth not confirmed at the source: TechPowerUp has 512 GB/s",
     .source = "Intel Arc A770 product page: 32 Xe cores x 2048 FLOP x 2.4 GHz" SEEN_POWERUP},
    {GPU("arc-b580", "xe2", 2024), TFLOPS(14.6, NAN, 116.7, 116.7, NAN, NAN), MEMORY(12, 456),
     WATTS(190, NAN), UNITS(20), UNMEASURED, MONEY(NAN, 249, LIST), NO_CARBON,
     .note = "fp32 peak not confirmed at the source: TechPowerUp has 13.67",
     .source = "Intel Arc B580 product page: 233 TOPS int8, halved; 20 Xe cores x 256 FLOP x 2.85 "
               "GHz" SEEN_POWERUP},
    {GPU("arc-pro-b60", "xe2", 2025), TFLOPS(12.28, NAN, 98.5, 98.5, NAN, NAN), MEMORY(24, 456),
     WATTS(200, NAN), UNITS(20), UNMEASURED, NO_MONEY, NO_CARBON,
     .source = "Intel Arc Pro B60 product page: 197 TOPS int8, halved" SEEN_POWERUP},
};
// clang-format on

const struct pt_accelerator_table pt_catalog_intel = {rows, sizeof rows / sizeof *rows};
