// NVIDIA, data center.

#include "hardware/catalog.h"

#define GPU(name_, generation_, year_)                                                             \
    .name = (name_), .vendor = "NVIDIA", .kind = PT_HARDWARE_GPU, .generation = (generation_),     \
    .year = (year_)
// Rents of one, on demand.
#define COREWEAVE     "CoreWeave, on demand, February to September 2026, share of the node's price"
#define COREWEAVE_OLD "CoreWeave, on demand, February 2026, share of the node's price"
#define LAMBDA        "Lambda, on demand, 2025"
#define LAMBDA_2026   "Lambda, on demand, 2026"
#define NEBIUS        "Nebius, on demand, from October 2026 (B200 there: 8.50 USD)"
#define GCP           "Google Cloud, on demand, without the machine around it, 2025"
// What a row was held against: docs/hardware.md, How facts were checked.
#define SEEN_POWERUP "; agrees with TechPowerUp, GPU database (December 2025)"
#define SEEN_EPOCH   "; agrees with Epoch AI, Machine Learning Hardware (December 2025)"
#define SEEN_BEKMAN  "; agrees with Bekman, ml-engineering (August 2026)"
// Streams: BabelStream.
#define TSAI "memory: Tsai et al. 2020, arXiv:2008.08478"
// Making of one.
#define BLOOM    "assumed by Luccioni et al. 2023, BLOOM, JMLR 24(253)"
#define PCF_H100 "NVIDIA HGX H100 product carbon footprint (2025): 1312 kg for eight"
// 0.66 g for 1e18 FLOP of HGX H100 against 0.50 of HGX B200: 164 x 2250 / 989.4 x 0.50 / 0.66.
#define PCF_B200                                                                                   \
    "NVIDIA, HGX B200 reduces embodied carbon intensity (2025), from 1312 kg of HGX H100"

// clang-format off
static const struct pt_accelerator rows[] = {
    // Pascal and before: no matrix units; fp16, where it is fast, is that of the vector units
    {GPU("k20x", "kepler", 2012), TFLOPS(3.95, NAN, NAN, NAN, NAN, NAN), MEMORY(6, 250),
     WATTS(235, NAN), UNITS(14), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "NVIDIA Tesla K20X board specification (BD-06397)" SEEN_POWERUP SEEN_EPOCH},
    {GPU("k40", "kepler", 2013), TFLOPS(4.29, NAN, NAN, NAN, NAN, NAN), MEMORY(12, 288),
     WATTS(235, NAN), UNITS(15), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = "TDP not confirmed at the source: TechPowerUp has 245 W",
     .source = "NVIDIA Tesla K40 board specification (BD-06902), base clock" SEEN_POWERUP},
    {GPU("k80", "kepler", 2014), TFLOPS(8.74, NAN, NAN, NAN, NAN, NAN), MEMORY(24, 480),
     WATTS(300, NAN), UNITS(26), UNMEASURED, .node = "pcie-8",
     MONEY(1.8, NAN, "AWS p2, on demand, 2024: 0.90 USD for one of its two GPUs"), NO_CARBON,
     .note = "a board of two GPUs, which the system shows as two devices",
     .source = "NVIDIA Tesla K80 board specification (BD-07317), boost clock" SEEN_POWERUP},
    {GPU("m40", "maxwell", 2015), TFLOPS(6.84, NAN, NAN, NAN, NAN, NAN), MEMORY(24, 288),
     WATTS(250, NAN), UNITS(24), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "NVIDIA Tesla M40 24 GB product brief (PB-08064)" SEEN_POWERUP SEEN_EPOCH},
    {GPU("p4", "pascal", 2016), TFLOPS(5.5, NAN, NAN, NAN, NAN, NAN), MEMORY(8, 192),
     WATTS(75, NAN), UNITS(20), UNMEASURED, .node = "pcie-4", MONEY(0.6, NAN, GCP), NO_CARBON,
     .source = "NVIDIA Tesla P4 datasheet (2016), specifications" SEEN_POWERUP},
    {GPU("p40", "pascal", 2016), TFLOPS(11.76, NAN, NAN, NAN, NAN, NAN), MEMORY(24, 346),
     WATTS(250, NAN), UNITS(30), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "NVIDIA Tesla P40 datasheet (2016), specifications" SEEN_POWERUP SEEN_EPOCH},
    {GPU("p100-sxm2", "pascal", 2016), TFLOPS(10.6, NAN, 21.2, NAN, NAN, NAN), MEMORY(16, 732),
     WATTS(300, NAN), UNITS(56), UNMEASURED, .node = "dgx-1-p100", MONEY(1.46, NAN, GCP), NO_CARBON,
     .note = "no matrix units: the fp16 peak is that of the vector units",
     .source = "NVIDIA Tesla P100 white paper (WP-08019), table 1" SEEN_POWERUP SEEN_EPOCH},
    {GPU("p100-pcie", "pascal", 2016), TFLOPS(9.3, NAN, 18.7, NAN, NAN, NAN), MEMORY(16, 732),
     WATTS(250, NAN), UNITS(56), UNMEASURED, .node = "pcie-8", MONEY(1.46, NAN, GCP), NO_CARBON,
     .note = "no matrix units: the fp16 peak is that of the vector units",
     .source = "NVIDIA Tesla P100 PCIe datasheet (2016), 16 GB column" SEEN_POWERUP SEEN_EPOCH},
    // Volta, Turing
    {GPU("v100-sxm2-16gb", "volta", 2017), TFLOPS(15.7, NAN, 125, NAN, NAN, NAN), MEMORY(16, 900),
     WATTS(300, NAN), UNITS(80), MEASURED(NAN, NAN, 0.92, TSAI), .node = "dgx-1",
     MONEY(3.06, NAN, "AWS p3.16xlarge, on demand, 2025"), NO_CARBON,
     .note = FP16_NOTE,
     .source = "NVIDIA V100 datasheet (January 2020), specifications, SXM2 column" SEEN_EPOCH},
    {GPU("v100-sxm2-32gb", "volta", 2018), TFLOPS(15.7, NAN, 125, NAN, NAN, NAN), MEMORY(32, 900),
     WATTS(300, NAN), UNITS(80), MEASURED(NAN, NAN, 0.92, TSAI), .node = "dgx-1",
     MONEY(3.9, NAN, "AWS p3dn.24xlarge, on demand, 2025"), NO_CARBON,
     .note = FP16_NOTE "; TechPowerUp has 250 W",
     .source = "NVIDIA V100 datasheet (January 2020), specifications, SXM2 column" SEEN_POWERUP},
    {GPU("v100-sxm3-32gb", "volta", 2018), TFLOPS(15.7, NAN, 125, NAN, NAN, NAN), MEMORY(32, 981),
     WATTS(350, NAN), UNITS(80), UNMEASURED, .node = "dgx-2", NO_MONEY, NO_CARBON,
     .note = FP16_NOTE "; TDP not confirmed at the source",
     .source = "NVIDIA DGX-2 datasheet (2019) and user guide: 2 PFLOPS fp16 of 16 GPUs"},
    {GPU("v100-sxm3-2h", "volta", 2018), TFLOPS(16.4, NAN, 131, NAN, NAN, NAN), MEMORY(32, 981),
     WATTS(450, NAN), UNITS(80), UNMEASURED, .node = "dgx-2h", NO_MONEY, NO_CARBON,
     .note = FP16_NOTE "; row not confirmed at the source",
     .source = "NVIDIA DGX-2H datasheet (2019): 2.1 PFLOPS fp16 of 16 GPUs, 450 W each"},
    {GPU("v100-pcie-16gb", "volta", 2017), TFLOPS(14, NAN, 112, NAN, NAN, NAN), MEMORY(16, 900),
     WATTS(250, NAN), UNITS(80), MEASURED(NAN, NAN, 0.92, TSAI), .node = "pcie-8", NO_MONEY,
     NO_CARBON,
     .note = FP16_NOTE,
     .source = "NVIDIA V100 datasheet (January 2020), specifications, PCIe column" SEEN_EPOCH},
    {GPU("v100-pcie-32gb", "volta", 2018), TFLOPS(14, NAN, 112, NAN, NAN, NAN), MEMORY(32, 900),
     WATTS(250, NAN), UNITS(80), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = FP16_NOTE,
     .source = "NVIDIA V100 datasheet (January 2020), specifications, PCIe column"
               SEEN_POWERUP SEEN_EPOCH},
    {GPU("v100s-pcie", "volta", 2019), TFLOPS(16.4, NAN, 130, NAN, NAN, NAN), MEMORY(32, 1134),
     WATTS(250, NAN), UNITS(80), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = FP16_NOTE,
     .source = "NVIDIA V100 datasheet (January 2020), specifications, V100S column"
               SEEN_POWERUP SEEN_EPOCH},
    {GPU("t4", "turing", 2018), TFLOPS(8.1, NAN, 65, NAN, NAN, NAN), MEMORY(16, 300),
     WATTS(70, NAN), UNITS(40), UNMEASURED, .node = "pcie-4",
     MONEY(0.526, NAN, "AWS g4dn.xlarge, on demand, 2025"), NO_CARBON,
     .note = FP16_NOTE "; bandwidth as in the datasheet: the memory clock gives 320 GB/s",
     .source = "NVIDIA T4 datasheet (March 2019), specifications" SEEN_EPOCH},
    // Ampere
    {GPU("a100-sxm-40gb", "ampere", 2020), TFLOPS(19.5, 156, 312, 312, NAN, NAN), MEMORY(40, 1555),
     WATTS(400, NAN), UNITS(108), MEASURED(0.869, NAN, 0.89, MAMF "; " TSAI), .node = "hgx-a100",
     MONEY(1.29, NAN, LAMBDA), CARBON(150, BLOOM),
     .source = "NVIDIA A100 architecture white paper (V1.0), table 4" SEEN_POWERUP},
    {GPU("a100-sxm-64gb", "ampere", 2022), TFLOPS(22.4, 179.1, 358.2, 358.2, NAN, NAN),
     MEMORY(64, 1640), WATTS(440, NAN), UNITS(124), UNMEASURED, .node = "leonardo-4", NO_MONEY,
     NO_CARBON,
     .note = "made for Leonardo: matrix peaks in proportion to its 124 instead of 108 SMs; row "
             "not confirmed at the source",
     .source = "Turisini et al. 2023, Leonardo, arXiv:2307.16885"},
    {GPU("a100-sxm-80gb", "ampere", 2020), TFLOPS(19.5, 156, 312, 312, NAN, NAN), MEMORY(80, 2039),
     WATTS(400, 56), UNITS(108), MEASURED(0.869, NAN, 0.89, MAMF "; " TSAI " (40 GB)"),
     .node = "hgx-a100", MONEY(2.7, NAN, COREWEAVE), CARBON(150, BLOOM),
     .source = "NVIDIA A100 datasheet (June 2021), specifications, SXM column; idle: least of a "
               "cluster, AcmeTrace, Kalos (2023)" SEEN_BEKMAN},
    {GPU("a100-pcie-40gb", "ampere", 2020), TFLOPS(19.5, 156, 312, 312, NAN, NAN), MEMORY(40, 1555),
     WATTS(250, NAN), UNITS(108), MEASURED(0.811, NAN, 0.89, MAMF "; " TSAI " (SXM)"),
     .node = "pcie-8", MONEY(1.29, NAN, LAMBDA), CARBON(150, BLOOM),
     .source = "NVIDIA A100 datasheet (2020), specifications, PCIe column" SEEN_POWERUP},
    {GPU("a100-pcie-80gb", "ampere", 2021), TFLOPS(19.5, 156, 312, 312, NAN, NAN), MEMORY(80, 1935),
     WATTS(300, NAN), UNITS(108), MEASURED(0.811, NAN, NAN, MAMF), .node = "pcie-8", NO_MONEY,
     CARBON(150, BLOOM),
     .source = "NVIDIA A100 datasheet (June 2021), specifications, PCIe column" SEEN_BEKMAN},
    {GPU("a800-sxm-80gb", "ampere", 2022), TFLOPS(19.5, 156, 312, 312, NAN, NAN), MEMORY(80, 2039),
     WATTS(400, NAN), UNITS(108), UNMEASURED, .node = "hgx-a800", NO_MONEY, NO_CARBON,
     .note = "an A100 with less NVLink",
     .source = "NVIDIA A800 datasheet (2022), specifications, SXM column" SEEN_POWERUP SEEN_EPOCH},
    {GPU("a800-pcie-80gb", "ampere", 2022), TFLOPS(19.5, 156, 312, 312, NAN, NAN), MEMORY(80, 1935),
     WATTS(300, NAN), UNITS(108), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = "TDP not confirmed at the source: TechPowerUp has 250 W",
     .source = "NVIDIA A800 datasheet (2022), specifications, PCIe column"},
    {GPU("a40", "ampere", 2020), TFLOPS(37.4, 74.8, 149.7, 149.7, NAN, NAN), MEMORY(48, 696),
     WATTS(300, NAN), UNITS(84), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "NVIDIA A40 datasheet (2021), specifications" SEEN_POWERUP SEEN_EPOCH},
    {GPU("a30", "ampere", 2021), TFLOPS(10.3, 82, 165, 165, NAN, NAN), MEMORY(24, 933),
     WATTS(165, NAN), UNITS(56), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "NVIDIA A30 datasheet (2021), specifications" SEEN_POWERUP SEEN_EPOCH},
    {GPU("a10", "ampere", 2021), TFLOPS(31.2, 62.5, 125, 125, NAN, NAN), MEMORY(24, 600),
     WATTS(150, NAN), UNITS(72), UNMEASURED, .node = "pcie-8", MONEY(0.75, NAN, LAMBDA), NO_CARBON,
     .source = "NVIDIA A10 datasheet (2021), specifications" SEEN_POWERUP SEEN_EPOCH},
    {GPU("a10g", "ampere", 2021), TFLOPS(31.5, 35, 70, 70, NAN, NAN), MEMORY(24, 600),
     WATTS(300, NAN), UNITS(80), UNMEASURED, .node = "pcie-8",
     MONEY(1.006, NAN, "AWS g5.xlarge, on demand, 2025"), NO_CARBON,
     .note = "only at AWS; 80 units as devices report, TDP not confirmed at the source: "
             "TechPowerUp has 72 and 150 W",
     .source = "NVIDIA A10G datasheet (2021), specifications"},
    {GPU("a2", "ampere", 2021), TFLOPS(4.5, 9, 18, 18, NAN, NAN), MEMORY(16, 200), WATTS(60, NAN),
     UNITS(10), UNMEASURED, .node = "pcie-4", NO_MONEY, NO_CARBON,
     .source = "NVIDIA A2 datasheet (2021), specifications" SEEN_POWERUP},
    // Ada
    {GPU("l4", "ada", 2023), TFLOPS(30.3, 60, 121, 121, 242.5, NAN), MEMORY(24, 300),
     WATTS(72, NAN), UNITS(58), UNMEASURED, .node = "pcie-8",
     MONEY(0.8048, NAN, "AWS g6.xlarge, on demand, 2025"), NO_CARBON,
     .note = HALF_NOTE,
     .source = "NVIDIA L4 datasheet (2023), specifications" SEEN_EPOCH},
    {GPU("l20", "ada", 2023), TFLOPS(59.8, 59.8, 119.5, 119.5, 239, NAN), MEMORY(48, 864),
     WATTS(275, NAN), UNITS(92), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .source = "NVIDIA L20 datasheet (2023), specifications" SEEN_POWERUP SEEN_EPOCH},
    {GPU("l40", "ada", 2022), TFLOPS(90.5, 90.5, 181.05, 181.05, 362, NAN), MEMORY(48, 864),
     WATTS(300, NAN), UNITS(142), UNMEASURED, .node = "pcie-8", MONEY(1.25, NAN, COREWEAVE_OLD),
     NO_CARBON,
     .source = "NVIDIA L40 datasheet (2023), specifications" SEEN_POWERUP SEEN_EPOCH},
    {GPU("l40s", "ada", 2023), TFLOPS(91.6, 183, 362.05, 362.05, 733, NAN), MEMORY(48, 864),
     WATTS(350, NAN), UNITS(142), UNMEASURED, .node = "pcie-8", MONEY(2.25, NAN, COREWEAVE_OLD),
     NO_CARBON,
     .source = "NVIDIA L40S datasheet (2023), specifications" SEEN_BEKMAN},
    // Hopper
    {GPU("h100-sxm", "hopper", 2022), TFLOPS(66.9, 494.7, 989.4, 989.4, 1978.9, NAN),
     MEMORY(80, 3352), WATTS(700, NAN), UNITS(132), MEASURED(0.803, 0.709, NAN, MAMF),
     .node = "hgx-h100", MONEY(6.155, 30000, COREWEAVE "; bought: Epoch AI, 24,500 to 47,000 USD"),
     CARBON(164, PCF_H100),
     .source = "NVIDIA H100 architecture white paper, SXM5 column" SEEN_BEKMAN SEEN_EPOCH},
    {GPU("h100-pcie", "hopper", 2022), TFLOPS(51.2, 378, 756, 756, 1513, NAN), MEMORY(80, 2039),
     WATTS(350, NAN), UNITS(114), UNMEASURED, .node = "pcie-8",
     MONEY(3.29, NAN, LAMBDA_2026), NO_CARBON,
     .source = "NVIDIA H100 architecture white paper, PCIe column; product brief PB-11133"
               SEEN_BEKMAN SEEN_EPOCH},
    {GPU("h100-nvl", "hopper", 2023), TFLOPS(60, 417.5, 835.5, 835.5, 1671, NAN), MEMORY(94, 3900),
     WATTS(400, NAN), UNITS(132), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = HALF_NOTE "; TDP 350 to 400 W by configuration",
     .source = "NVIDIA H100 datasheet (2024), specifications, NVL column" SEEN_EPOCH},
    {GPU("h800-sxm", "hopper", 2023), TFLOPS(66.9, 494.7, 989.4, 989.4, 1978.9, NAN),
     MEMORY(80, 3352), WATTS(700, NAN), UNITS(132), UNMEASURED, .node = "hgx-h800", NO_MONEY,
     NO_CARBON,
     .note = "an H100 with less NVLink, and little fp64; vector and tf32 peaks not confirmed at "
             "the source",
     .source = "NVIDIA H800 datasheet (2023), SXM column; DeepSeek-V3 technical report, "
               "arXiv:2412.19437"},
    {GPU("h20", "hopper", 2023), TFLOPS(44, 74, 148, 148, 296, NAN), MEMORY(96, 4000),
     WATTS(400, NAN), UNITS(78), UNMEASURED, .node = "hgx-h20", NO_MONEY, NO_CARBON,
     .source = "NVIDIA H20 datasheet (2023), specifications" SEEN_EPOCH},
    {GPU("h200-sxm", "hopper", 2024), TFLOPS(67, 494.5, 989.5, 989.5, 1979, NAN), MEMORY(141, 4800),
     WATTS(700, NAN), UNITS(132), MEASURED(0.803, 0.734, NAN, MAMF "; bf16 as H100"),
     .node = "hgx-h200", MONEY(6.305, NAN, COREWEAVE), NO_CARBON,
     .note = HALF_NOTE,
     .source = "NVIDIA H200 datasheet (2024), specifications, SXM column" SEEN_BEKMAN SEEN_EPOCH},
    {GPU("h200-nvl", "hopper", 2024), TFLOPS(60, 418, 835.5, 835.5, 1671, NAN), MEMORY(141, 4800),
     WATTS(600, NAN), UNITS(132), UNMEASURED, .node = "pcie-8", NO_MONEY, NO_CARBON,
     .note = HALF_NOTE,
     .source = "NVIDIA H200 datasheet (2024), specifications, NVL column" SEEN_POWERUP},
    {GPU("gh200-96gb", "hopper", 2023), TFLOPS(67, 494.5, 989.5, 989.5, 1979, NAN),
     MEMORY(96, 4000), WATTS(700, NAN), UNITS(132), UNMEASURED, .node = "gh200-host",
     MONEY(6.5, NAN, COREWEAVE_OLD), NO_CARBON,
     .note = "TDP as that of H100 SXM: the superchip's of up to 1000 W includes the processor",
     .source = "NVIDIA GH200 Grace Hopper Superchip datasheet (2024), HBM3 column" SEEN_BEKMAN},
    {GPU("gh200-144gb", "hopper", 2024), TFLOPS(67, 494.5, 989.5, 989.5, 1979, NAN),
     MEMORY(141, 4800), WATTS(700, NAN), UNITS(132), MEASURED(0.838, 0.776, NAN, MAMF),
     .node = "gh200-host", NO_MONEY, NO_CARBON,
     .note = "TDP as that of H100 SXM: the superchip's of up to 1000 W includes the processor",
     .source = "NVIDIA GH200 Grace Hopper Superchip datasheet (2024), HBM3e column" SEEN_BEKMAN},
    // Blackwell. Of the HBM a part is kept for repair: what nvidia-smi shows stands here
    {GPU("b100-sxm", "blackwell", 2024), TFLOPS(60, 875, 1750, 1750, 3500, 7000), MEMORY(180, 8000),
     WATTS(700, NAN), UNITS(148), UNMEASURED, .node = "hgx-b200", NO_MONEY, NO_CARBON,
     .note = HALF_NOTE "; hardly sold",
     .source = "NVIDIA Blackwell architecture technical brief (2024), HGX B100 column" SEEN_EPOCH},
    {GPU("b200-sxm", "blackwell", 2024), TFLOPS(75, 1125, 2250, 2250, 4500, 9000),
     MEMORY(180, 7700), WATTS(1000, NAN), UNITS(148), MEASURED(0.776, 0.763, NAN, MAMF),
     .node = "hgx-b200",
     MONEY(8.6, 35000, COREWEAVE "; bought: 30,000 to 40,000 USD (Huang, CNBC, March 2024)"),
     CARBON(282, PCF_B200),
     .note = HALF_NOTE "; one of eight on an HGX board; DGX B200 prints 8 TB/s",
     .source = "NVIDIA Blackwell and Blackwell Ultra datasheets (2025), HGX B200 column"
               SEEN_BEKMAN SEEN_EPOCH},
    {GPU("gb200", "blackwell", 2024), TFLOPS(80, 1250, 2500, 2500, 5000, 10000), MEMORY(186, 8000),
     WATTS(1200, NAN), UNITS(152), MEASURED(0.729, 0.723, NAN, MAMF), .node = "gb200-nvl72",
     MONEY(10.5, NAN, COREWEAVE), NO_CARBON,
     .note = HALF_NOTE "; one GPU: a superchip has two and a processor",
     .source = "NVIDIA GB200 NVL72 specifications, a 72nd; power: NVIDIA Mission Control 2.3 "
               "administration guide" SEEN_BEKMAN SEEN_EPOCH},
    {GPU("b300-sxm", "blackwell-ultra", 2025), TFLOPS(75, 1125, 2250, 2250, 4500, 13500),
     MEMORY(270, 7700), WATTS(1100, NAN), UNITS(148), MEASURED(0.786, 0.745, NAN, MAMF),
     .node = "hgx-b300", MONEY(9.5, NAN, NEBIUS), NO_CARBON,
     .note = HALF_NOTE " but that of fp4; 288 GB of HBM3e, 270 of them for use; secondary sources "
                       "have 12.6 to 15 PFLOPS of fp4",
     .source = "NVIDIA HGX B300 specifications (2025): 108 PFLOPS dense fp4 of eight; Blackwell "
               "Ultra datasheet for memory and power" SEEN_BEKMAN SEEN_EPOCH},
    {GPU("gb300", "blackwell-ultra", 2025), TFLOPS(80, 1250, 2500, 2500, 5000, 15000),
     MEMORY(279, 8000), WATTS(1400, NAN), UNITS(152), UNMEASURED, .node = "gb300-nvl72", NO_MONEY,
     NO_CARBON,
     .note = HALF_NOTE " but that of fp4; one GPU: a superchip has two and a processor",
     .source = "NVIDIA GB300 NVL72 specifications, a 72nd; power: NVIDIA Mission Control 2.3 "
               "administration guide" SEEN_BEKMAN SEEN_EPOCH},
    {GPU("rtx-pro-6000-server", "blackwell-rtx", 2025), TFLOPS(120, 242, 484, 484, 968, 1936),
     MEMORY(96, 1597), WATTS(600, NAN), UNITS(188), UNMEASURED, .node = "pcie-8",
     MONEY(2.5, NAN, COREWEAVE_OLD), NO_CARBON,
     .note = HALF_NOTE "; those of the workstation edition by the ratio of their fp32 peaks",
     .source = "NVIDIA RTX PRO 6000 Blackwell Server Edition product page: 1597 GB/s, 96 GB"},
};
// clang-format on

const struct pt_accelerator_table pt_catalog_nvidia = {rows, sizeof rows / sizeof *rows};
