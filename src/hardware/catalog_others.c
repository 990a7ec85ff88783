// Processors for neural networks of other makers.

#include "hardware/catalog.h"

#define ROW(name_, vendor_, generation_, year_)                                                    \
    .name = (name_), .vendor = (vendor_), .kind = PT_HARDWARE_NPU, .generation = (generation_),    \
    .year = (year_)
#define NPU(name_, generation_, year_)         ROW(name_, "AWS", generation_, year_)
#define HUAWEI(name_, generation_, year_)      ROW(name_, "Huawei", generation_, year_)
#define CAMBRICON(name_, generation_, year_)   ROW(name_, "Cambricon", generation_, year_)
#define MOORE(name_, generation_, year_)       ROW(name_, "Moore Threads", generation_, year_)
#define CEREBRAS(name_, generation_, year_)    ROW(name_, "Cerebras", generation_, year_)
#define GRAPHCORE(name_, generation_, year_)   ROW(name_, "Graphcore", generation_, year_)
#define TENSTORRENT(name_, generation_, year_) ROW(name_, "Tenstorrent", generation_, year_)
#define NO_TDP                                 "maker publishes no TDP"
#define LIST                                   "maker's list price at launch"
#define WAFER                                                                                      \
    "memory is SRAM on the wafer: weights stream from machines beside it; watts of a system"
// What a row was held against: docs/hardware.md, How facts were checked.
#define SEEN_EPOCH "; agrees with Epoch AI, Machine Learning Hardware (December 2025)"

// clang-format off
static const struct pt_accelerator rows[] = {
    // AWS: a row is a chip
    {NPU("trainium1", "trn1", 2022), TFLOPS(47.5, 190, 190, 190, 190, NAN), MEMORY(32, 820),
     WATTS(NAN, NAN), UNITS(2), UNMEASURED, .node = "trn1",
     MONEY(1.34, NAN, "AWS trn1.32xlarge, on demand, 2025, a 16th"), NO_CARBON,
     .note = NO_TDP "; 820 GB/s in one edition of the source, GiB/s in another",
     .source = "AWS Neuron documentation, Trainium architecture, "
               "awsdocs-neuron.readthedocs-hosted.com, neuron-hardware/trainium (2.28)"},
    {NPU("trainium2", "trn2", 2024), TFLOPS(181, 667, 667, 667, 1299, NAN), MEMORY(96, 2900),
     WATTS(NAN, NAN), UNITS(8), UNMEASURED, .node = "trn2", NO_MONEY, NO_CARBON,
     .note = NO_TDP "; SemiAnalysis estimates 500 W",
     .source = "AWS Neuron documentation, Trainium2 architecture, "
               "awsdocs-neuron.readthedocs-hosted.com, neuron-hardware/trainium2 (2.29)"},
    {NPU("trainium3", "trn3", 2025), TFLOPS(183, 671, 671, 671, 2517, 2517), MEMORY(144, 4900),
     WATTS(NAN, NAN), UNITS(8), UNMEASURED, .node = "trn3-ultra", NO_MONEY, NO_CARBON,
     .note = NO_TDP "; SemiAnalysis estimates 700 W",
     .source = "AWS Neuron documentation, Trainium3 architecture, "
               "awsdocs-neuron.readthedocs-hosted.com, neuron-hardware/trainium3 (2.29)"},
    {NPU("inferentia2", "trn1", 2023), TFLOPS(47.5, 190, 190, 190, 190, NAN), MEMORY(32, 820),
     WATTS(NAN, NAN), UNITS(2), UNMEASURED, .node = "inf2",
     MONEY(1.08, NAN, "AWS inf2.48xlarge, on demand, 2025, a 12th"), NO_CARBON,
     .note = NO_TDP "; 820 GB/s in one edition of the source, GiB/s in another",
     .source = "AWS Neuron documentation, Inferentia2 architecture, "
               "awsdocs-neuron.readthedocs-hosted.com, neuron-hardware/inferentia2"},
    // Huawei
    {HUAWEI("ascend-310", "davinci", 2018), TFLOPS(NAN, NAN, 8, NAN, NAN, NAN), MEMORY(8, 51.2),
     WATTS(8, NAN), UNITS(2), UNMEASURED, NO_MONEY, NO_CARBON,
     .note = "made for inference",
     .source = "Huawei Ascend 310 product page; Atlas 200 for memory" SEEN_EPOCH},
    {HUAWEI("ascend-910", "davinci", 2019), TFLOPS(NAN, NAN, 256, NAN, NAN, NAN), MEMORY(32, 1200),
     WATTS(310, NAN), UNITS(32), UNMEASURED, .node = "ascend-8", NO_MONEY, NO_CARBON,
     .note = FP16_NOTE "; bandwidth not confirmed at the source: Epoch AI has 1288 GB/s",
     .source = "Liao et al. 2021, Ascend, HPCA; Huawei Ascend 910 product page"},
    {HUAWEI("ascend-910b", "davinci2", 2023), TFLOPS(NAN, NAN, 376, 376, NAN, NAN),
     MEMORY(64, 1600), WATTS(400, NAN), UNITS(24), UNMEASURED, .node = "ascend-910b-8", NO_MONEY,
     NO_CARBON,
     .note = "the fastest of several bins (910B2): 910B3 has 313, 910B4 280 TFLOPS; watts as the "
             "press reports",
     .source = "half of a 910C as in Zuo et al. 2025, arXiv:2506.12708, table 1; Huawei Atlas "
               "800T A2" SEEN_EPOCH},
    {HUAWEI("ascend-910c", "davinci2", 2024), TFLOPS(NAN, NAN, 752, 752, NAN, NAN),
     MEMORY(128, 3200), WATTS(NAN, NAN), UNITS(48), UNMEASURED, .node = "cloudmatrix-384", NO_MONEY,
     NO_CARBON,
     .note = "two dies; " NO_TDP "; the press reports 780 to 800 TFLOPS and 700 W",
     .source = "Zuo et al. 2025, Serving LLMs on Huawei CloudMatrix384, arXiv:2506.12708, table 1"},
    // Others
    {CAMBRICON("mlu370-x8", "mlu3", 2022), TFLOPS(NAN, NAN, 96, 96, NAN, NAN), MEMORY(48, 614.4),
     WATTS(250, NAN), UNITS(0), UNMEASURED, .node = "mlu370-8", NO_MONEY, NO_CARBON,
     .note = "two chips on a card",
     .source = "Cambricon MLU370-X8 product page" SEEN_EPOCH},
    {CAMBRICON("mlu370-x4", "mlu3", 2021), TFLOPS(NAN, NAN, 96, 96, NAN, NAN), MEMORY(24, 307.2),
     WATTS(150, NAN), UNITS(0), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "Cambricon MLU370-X4 product page" SEEN_EPOCH},
    {MOORE("mtt-s4000", "musa", 2023), TFLOPS(25, 50, 100, 100, NAN, NAN), MEMORY(48, 768),
     WATTS(450, NAN), UNITS(0), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "Moore Threads MTT S4000 product page" SEEN_EPOCH},
    {CEREBRAS("cs-2", "wse2", 2021), TFLOPS(NAN, NAN, 7500, NAN, NAN, NAN), MEMORY(40, 2e+07),
     WATTS(23000, NAN), UNITS(0), UNMEASURED, .node = "cs-system", NO_MONEY, NO_CARBON,
     .note = WAFER "; row not confirmed at the source",
     .source = "Cerebras WSE-2 datasheet: 7.5 PFLOPS dense fp16, 40 GB of SRAM, 20 PB/s; CS-2: 23 "
               "kW"},
    {CEREBRAS("cs-3", "wse3", 2024), TFLOPS(NAN, NAN, 12500, NAN, NAN, NAN), MEMORY(44, 2.1e+07),
     WATTS(23000, NAN), UNITS(0), UNMEASURED, .node = "cs-system", NO_MONEY, NO_CARBON,
     .note = WAFER "; dense peak in proportion to that of WSE-2: a tenth of the headline; row not "
                   "confirmed at the source",
     .source = "Cerebras WSE-3 datasheet: 125 PFLOPS sparse, 44 GB of SRAM, 21 PB/s; CS-3: 23 kW"},
    {GRAPHCORE("ipu-gc200", "ipu2", 2020), TFLOPS(62.5, NAN, 250, NAN, NAN, NAN),
     MEMORY(0.9, 47500), WATTS(300, NAN), UNITS(1472), UNMEASURED, .node = "ipu-pod16", NO_MONEY,
     NO_CARBON,
     .note = "memory is SRAM in the processor; up to 64 GB of DRAM stream beside it; watts with "
             "its share of the machine; row not confirmed at the source",
     .source = "Graphcore IPU-M2000 datasheet (2020), a quarter"},
    {GRAPHCORE("ipu-bow", "ipu2", 2022), TFLOPS(87.5, NAN, 350, NAN, NAN, NAN), MEMORY(0.9, 65400),
     WATTS(300, NAN), UNITS(1472), UNMEASURED, .node = "ipu-pod16", NO_MONEY, NO_CARBON,
     .note = "memory is SRAM in the processor; up to 64 GB of DRAM stream beside it; watts with "
             "its share of the machine; row not confirmed at the source",
     .source = "Graphcore Bow-2000 datasheet (2022), a quarter"},
    {TENSTORRENT("wormhole-n150", "wormhole", 2024), TFLOPS(NAN, NAN, 74, 74, 262, NAN),
     MEMORY(12, 288), WATTS(160, NAN), UNITS(72), UNMEASURED, MONEY(NAN, 999, LIST), NO_CARBON,
     .note = "peaks of block floating point; row not confirmed at the source",
     .source = "Tenstorrent Wormhole n150 specifications: block formats"},
    {TENSTORRENT("wormhole-n300", "wormhole", 2024), TFLOPS(NAN, NAN, 131, 131, 466, NAN),
     MEMORY(24, 576), WATTS(300, NAN), UNITS(128), UNMEASURED, MONEY(NAN, 1399, LIST), NO_CARBON,
     .note = "two chips; peaks of block floating point; row not confirmed at the source",
     .source = "Tenstorrent Wormhole n300 specifications: block formats"},
};
// clang-format on

const struct pt_accelerator_table pt_catalog_others = {rows, sizeof rows / sizeof *rows};
