// Processors, one socket.
//
// peak = cores x base clock x FLOP per cycle and core. fp32 FLOP per cycle: 32 with two 256-bit or
// four 128-bit multiply-add units, 64 with two of 512 bits. bf16: twice that for AVX512_BF16, four
// times for BFMMLA, 1024 for AMX. Memory: channels x 8 bytes x transfers per second.

#include "hardware/catalog.h"

#define ROW(name_, vendor_, generation_, year_)                                                    \
    .name = (name_), .vendor = (vendor_), .kind = PT_HARDWARE_CPU, .generation = (generation_),    \
    .year = (year_)
#define AMD(name_, generation_, year_)    ROW(name_, "AMD", generation_, year_)
#define INTEL(name_, generation_, year_)  ROW(name_, "Intel", generation_, year_)
#define ARM(name_, generation_, year_)    ROW(name_, "AWS", generation_, year_)
#define AMPERE(name_, generation_, year_) ROW(name_, "Ampere", generation_, year_)
#define NVIDIA(name_, generation_, year_) ROW(name_, "NVIDIA", generation_, year_)
// What the peaks are.
#define CPU_NOTE "peak is cores x base clock x FLOP per cycle; clocks under load differ"
// What a row was held against: docs/hardware.md, How facts were checked.
#define SEEN_CODECARBON "; agrees with codecarbon, data/hardware (lists of AMD and Intel)"

// clang-format off
static const struct pt_accelerator rows[] = {
    {AMD("epyc-7742", "zen2", 2019), TFLOPS(64 * 2.25e-3 * 32, NAN, NAN, NAN, NAN, NAN),
     MEMORY(NAN, 204.8), WATTS(225, NAN), UNITS(64), UNMEASURED, .node = "cpu-server", NO_MONEY,
     NO_CARBON,
     .note = CPU_NOTE "; Zen 2",
     .source = "AMD EPYC 7742 product page: 64 cores, 2.25 GHz, 8 x DDR4-3200" SEEN_CODECARBON},
    {AMD("epyc-7763", "zen3", 2021), TFLOPS(64 * 2.45e-3 * 32, NAN, NAN, NAN, NAN, NAN),
     MEMORY(NAN, 204.8), WATTS(280, NAN), UNITS(64), UNMEASURED, .node = "cpu-server", NO_MONEY,
     NO_CARBON,
     .note = CPU_NOTE "; Zen 3",
     .source = "AMD EPYC 7763 product page: 64 cores, 2.45 GHz, 8 x DDR4-3200" SEEN_CODECARBON},
    {AMD("epyc-9654", "zen4", 2022), TFLOPS(96 * 2.4e-3 * 32, NAN, NAN, 96 * 2.4e-3 * 64, NAN, NAN),
     MEMORY(NAN, 460.8), WATTS(360, NAN), UNITS(96), UNMEASURED, .node = "cpu-server", NO_MONEY,
     NO_CARBON,
     .note = CPU_NOTE "; Zen 4, AVX-512 in two halves",
     .source = "AMD EPYC 9654 product page: 96 cores, 2.4 GHz, 12 x DDR5-4800" SEEN_CODECARBON},
    {AMD("epyc-9755", "zen5", 2024),
     TFLOPS(128 * 2.7e-3 * 64, NAN, NAN, 128 * 2.7e-3 * 128, NAN, NAN), MEMORY(NAN, 614.4),
     WATTS(500, NAN), UNITS(128), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = CPU_NOTE "; Zen 5",
     .source = "AMD EPYC 9755 product page: 128 cores, 2.7 GHz, 12 x DDR5-6400" SEEN_CODECARBON},
    {AMD("ryzen-9950x", "zen5", 2024),
     TFLOPS(16 * 4.3e-3 * 64, NAN, NAN, 16 * 4.3e-3 * 128, NAN, NAN), MEMORY(NAN, 89.6),
     WATTS(170, NAN), UNITS(16), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = CPU_NOTE "; Zen 5",
     .source = "AMD Ryzen 9 9950X product page: 16 cores, 4.3 GHz, 2 x DDR5-5600" SEEN_CODECARBON},
    {INTEL("xeon-8280", "cascade-lake", 2019), TFLOPS(28 * 2.7e-3 * 64, NAN, NAN, NAN, NAN, NAN),
     MEMORY(NAN, 140.8), WATTS(205, NAN), UNITS(28), UNMEASURED, .node = "cpu-server", NO_MONEY,
     NO_CARBON,
     .note = CPU_NOTE ", lower with AVX-512; Cascade Lake",
     .source = "Intel Xeon Platinum 8280 product page: 28 cores, 2.7 GHz, 6 x DDR4-2933"
               SEEN_CODECARBON},
    {INTEL("xeon-8380", "ice-lake", 2021), TFLOPS(40 * 2.3e-3 * 64, NAN, NAN, NAN, NAN, NAN),
     MEMORY(NAN, 204.8), WATTS(270, NAN), UNITS(40), UNMEASURED, .node = "cpu-server", NO_MONEY,
     NO_CARBON,
     .note = CPU_NOTE ", lower with AVX-512; Ice Lake",
     .source = "Intel Xeon Platinum 8380 product page: 40 cores, 2.3 GHz, 8 x DDR4-3200"
               SEEN_CODECARBON},
    {INTEL("xeon-8480+", "sapphire-rapids", 2023),
     TFLOPS(56 * 2.0e-3 * 64, NAN, NAN, 56 * 2.0e-3 * 1024, NAN, NAN), MEMORY(NAN, 307.2),
     WATTS(350, NAN), UNITS(56), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = CPU_NOTE ", lower with AVX-512; AMX; Sapphire Rapids",
     .source = "Intel Xeon Platinum 8480+ product page: 56 cores, 2.0 GHz, 8 x DDR5-4800"
               SEEN_CODECARBON},
    {INTEL("xeon-8592+", "emerald-rapids", 2023),
     TFLOPS(64 * 1.9e-3 * 64, NAN, NAN, 64 * 1.9e-3 * 1024, NAN, NAN), MEMORY(NAN, 358.4),
     WATTS(350, NAN), UNITS(64), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = CPU_NOTE ", lower with AVX-512; AMX; Emerald Rapids",
     .source = "Intel Xeon Platinum 8592+ product page: 64 cores, 1.9 GHz, 8 x DDR5-5600"
               SEEN_CODECARBON},
    {INTEL("xeon-6980p", "granite-rapids", 2024),
     TFLOPS(128 * 2.0e-3 * 64, NAN, NAN, 128 * 2.0e-3 * 1024, NAN, NAN), MEMORY(NAN, 614.4),
     WATTS(500, NAN), UNITS(128), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = CPU_NOTE ", lower with AVX-512; AMX; Granite Rapids; faster with MRDIMM",
     .source = "Intel Xeon 6980P product page: 128 cores, 2.0 GHz, 12 x DDR5-6400" SEEN_CODECARBON},
    {ARM("graviton3", "neoverse-v1", 2022),
     TFLOPS(64 * 2.6e-3 * 32, NAN, NAN, 64 * 2.6e-3 * 128, NAN, NAN), MEMORY(NAN, 307.2),
     WATTS(NAN, NAN), UNITS(64), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = CPU_NOTE "; Neoverse V1; no TDP is published; row not confirmed at the source",
     .source = "AWS Graviton3 (re:Invent 2021): 64 cores, 2.6 GHz, 8 x DDR5-4800"},
    {ARM("graviton4", "neoverse-v2", 2024),
     TFLOPS(96 * 2.8e-3 * 32, NAN, NAN, 96 * 2.8e-3 * 128, NAN, NAN), MEMORY(NAN, 537.6),
     WATTS(NAN, NAN), UNITS(96), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = CPU_NOTE "; Neoverse V2; no TDP is published; row not confirmed at the source",
     .source = "AWS Graviton4 (re:Invent 2023): 96 cores, 2.8 GHz, 12 x DDR5-5600"},
    {AMPERE("altra-q80-30", "neoverse-n1", 2020), TFLOPS(80 * 3.0e-3 * 16, NAN, NAN, NAN, NAN, NAN),
     MEMORY(NAN, 204.8), WATTS(250, NAN), UNITS(80), UNMEASURED, .node = "cpu-server", NO_MONEY,
     NO_CARBON,
     .note = CPU_NOTE "; Neoverse N1; row not confirmed at the source",
     .source = "Ampere Altra Q80-30 product brief: 80 cores, 3.0 GHz, 8 x DDR4-3200"},
    {NVIDIA("grace", "neoverse-v2", 2023), TFLOPS(7.1, NAN, NAN, NAN, NAN, NAN), MEMORY(NAN, 500),
     WATTS(250, NAN), UNITS(72), UNMEASURED, .node = "cpu-server", NO_MONEY, NO_CARBON,
     .note = "half a superchip; fp32 is twice its fp64 peak; TDP includes the memory; row not "
             "confirmed at the source",
     .source = "NVIDIA Grace CPU Superchip datasheet (2023): 7.1 TFLOPS fp64, 1 TB/s, 500 W for "
               "two"},
};
// clang-format on

const struct pt_accelerator_table pt_catalog_cpu = {rows, sizeof rows / sizeof *rows};
