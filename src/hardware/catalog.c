// The rows. NVIDIA prints most of its matrix peaks with sparsity, which training cannot use: where
// a document gives only that figure, half of it stands here and the note says so.
//
// Processors: peak = cores x base clock x FLOP per cycle and core. fp32 FLOP per cycle: 32 with two
// 256-bit or four 128-bit multiply-add units, 64 with two of 512 bits. bf16: twice that for
// AVX512_BF16, 1024 for AMX. Memory: channels x 8 bytes x transfers per second.

#include "hardware/accelerator.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/parse.h"
#include "base/units.h"

#define GIB       PT_BYTES_PER_GIB
#define HALF_NOTE "matrix peak is half of the figure with sparsity"
#define FP16_NOTE "no bf16: the matrix peak is fp16"
#define CPU_NOTE  "peak is cores x base clock x FLOP per cycle; clocks under load differ"
#define NO_TDP    "maker publishes no TDP"

// Name, vendor, kind, year, fp32 and bf16 FLOP per second, memory bytes, bytes per second, board
// watts, idle watts (no maker publishes them), note, source.
const struct pt_accelerator pt_accelerators[] = {
    // NVIDIA, data center
    {"p100-sxm2", "NVIDIA", PT_HARDWARE_GPU, 2016, 10.6e12, 21.2e12, 16 * GIB, 732e9, 300, NAN,
     "no matrix units: the second peak is vector fp16",
     "NVIDIA Tesla P100 white paper (WP-08019), table 1"},
    {"v100-sxm2-16gb", "NVIDIA", PT_HARDWARE_GPU, 2017, 15.7e12, 125e12, 16 * GIB, 900e9, 300, NAN,
     FP16_NOTE, "NVIDIA V100 datasheet (January 2020), specifications, SXM2 column"},
    {"v100-sxm2-32gb", "NVIDIA", PT_HARDWARE_GPU, 2018, 15.7e12, 125e12, 32 * GIB, 900e9, 300, NAN,
     FP16_NOTE, "NVIDIA V100 datasheet (January 2020), specifications, SXM2 column"},
    {"v100-pcie-16gb", "NVIDIA", PT_HARDWARE_GPU, 2017, 14e12, 112e12, 16 * GIB, 900e9, 250, NAN,
     FP16_NOTE, "NVIDIA V100 datasheet (January 2020), specifications, PCIe column"},
    {"v100-pcie-32gb", "NVIDIA", PT_HARDWARE_GPU, 2018, 14e12, 112e12, 32 * GIB, 900e9, 250, NAN,
     FP16_NOTE, "NVIDIA V100 datasheet (January 2020), specifications, PCIe column"},
    {"v100s-pcie", "NVIDIA", PT_HARDWARE_GPU, 2019, 16.4e12, 130e12, 32 * GIB, 1134e9, 250, NAN,
     FP16_NOTE, "NVIDIA V100 datasheet (January 2020), specifications, V100S column"},
    {"t4", "NVIDIA", PT_HARDWARE_GPU, 2018, 8.1e12, 65e12, 16 * GIB, 300e9, 70, NAN, FP16_NOTE,
     "NVIDIA T4 datasheet (March 2019), specifications"},
    {"a100-sxm-40gb", "NVIDIA", PT_HARDWARE_GPU, 2020, 19.5e12, 312e12, 40 * GIB, 1555e9, 400, NAN,
     NULL, "NVIDIA A100 architecture white paper (V1.0), table 4"},
    {"a100-sxm-80gb", "NVIDIA", PT_HARDWARE_GPU, 2020, 19.5e12, 312e12, 80 * GIB, 2039e9, 400, NAN,
     NULL, "NVIDIA A100 datasheet (June 2021), specifications, SXM column"},
    {"a100-pcie-40gb", "NVIDIA", PT_HARDWARE_GPU, 2020, 19.5e12, 312e12, 40 * GIB, 1555e9, 250, NAN,
     NULL, "NVIDIA A100 datasheet (2020), specifications, PCIe column"},
    {"a100-pcie-80gb", "NVIDIA", PT_HARDWARE_GPU, 2021, 19.5e12, 312e12, 80 * GIB, 1935e9, 300, NAN,
     NULL, "NVIDIA A100 datasheet (June 2021), specifications, PCIe column"},
    {"a40", "NVIDIA", PT_HARDWARE_GPU, 2020, 37.4e12, 149.7e12, 48 * GIB, 696e9, 300, NAN, NULL,
     "NVIDIA A40 datasheet (2021), specifications"},
    {"a30", "NVIDIA", PT_HARDWARE_GPU, 2021, 10.3e12, 165e12, 24 * GIB, 933e9, 165, NAN, NULL,
     "NVIDIA A30 datasheet (2021), specifications"},
    {"a10", "NVIDIA", PT_HARDWARE_GPU, 2021, 31.2e12, 125e12, 24 * GIB, 600e9, 150, NAN, NULL,
     "NVIDIA A10 datasheet (2021), specifications"},
    {"l4", "NVIDIA", PT_HARDWARE_GPU, 2023, 30.3e12, 121e12, 24 * GIB, 300e9, 72, NAN, HALF_NOTE,
     "NVIDIA L4 datasheet (2023), specifications"},
    {"l40s", "NVIDIA", PT_HARDWARE_GPU, 2023, 91.6e12, 362.05e12, 48 * GIB, 864e9, 350, NAN, NULL,
     "NVIDIA L40S datasheet (2023), specifications"},
    {"h100-sxm", "NVIDIA", PT_HARDWARE_GPU, 2022, 66.9e12, 989.4e12, 80 * GIB, 3352e9, 700, NAN,
     NULL, "NVIDIA H100 architecture white paper, SXM5 column"},
    {"h100-pcie", "NVIDIA", PT_HARDWARE_GPU, 2022, 51.2e12, 756e12, 80 * GIB, 2039e9, 350, NAN,
     NULL, "NVIDIA H100 architecture white paper, PCIe column"},
    {"h100-nvl", "NVIDIA", PT_HARDWARE_GPU, 2023, 60e12, 835.5e12, 94 * GIB, 3900e9, 400, NAN,
     HALF_NOTE "; TDP 350 to 400 W by configuration",
     "NVIDIA H100 datasheet (2024), specifications, NVL column"},
    {"h200-sxm", "NVIDIA", PT_HARDWARE_GPU, 2024, 67e12, 989.5e12, 141 * GIB, 4800e9, 700, NAN,
     HALF_NOTE, "NVIDIA H200 datasheet (2024), specifications, SXM column"},
    {"h200-nvl", "NVIDIA", PT_HARDWARE_GPU, 2024, 60e12, 835.5e12, 141 * GIB, 4800e9, 600, NAN,
     HALF_NOTE, "NVIDIA H200 datasheet (2024), specifications, NVL column"},
    {"b200-sxm", "NVIDIA", PT_HARDWARE_GPU, 2024, 75e12, 2250e12, 180 * GIB, 8000e9, 1000, NAN,
     HALF_NOTE "; one of eight on an HGX board",
     "NVIDIA Blackwell datasheet (2025), HGX B200 column; DGX B200 datasheet for memory"},
    {"gb200", "NVIDIA", PT_HARDWARE_GPU, 2024, 80e12, 2500e12, 186 * GIB, 8000e9, NAN, NAN,
     HALF_NOTE "; one GPU of a superchip, whose TDP of up to 2700 W includes two of them and a CPU",
     "NVIDIA Blackwell datasheet (2025), GB200 superchip column, halved"},
    // NVIDIA, desk
    {"rtx-3090", "NVIDIA", PT_HARDWARE_GPU, 2020, 35.6e12, 71e12, 24 * GIB, 936e9, 350, NAN,
     "matrix peak with fp32 sums", "NVIDIA GA102 architecture white paper, appendix A"},
    {"rtx-a6000", "NVIDIA", PT_HARDWARE_GPU, 2020, 38.7e12, 154.8e12, 48 * GIB, 768e9, 300, NAN,
     "matrix peak with fp32 sums", "NVIDIA GA102 architecture white paper, RTX A6000 table"},
    {"rtx-4090", "NVIDIA", PT_HARDWARE_GPU, 2022, 82.6e12, 165.2e12, 24 * GIB, 1008e9, 450, NAN,
     "matrix peak with fp32 sums", "NVIDIA Ada architecture white paper, appendix A"},
    {"rtx-5090", "NVIDIA", PT_HARDWARE_GPU, 2025, 104.8e12, 209.5e12, 32 * GIB, 1792e9, 575, NAN,
     "matrix peak with fp32 sums", "NVIDIA RTX Blackwell architecture white paper, appendix A"},
    // AMD
    {"mi210", "AMD", PT_HARDWARE_GPU, 2022, 22.6e12, 181e12, 64 * GIB, 1638.4e9, 300, NAN, NULL,
     "AMD Instinct MI210 data sheet (2022), specifications"},
    {"mi250x", "AMD", PT_HARDWARE_GPU, 2021, 47.9e12, 383e12, 128 * GIB, 3276.8e9, 560, NAN,
     "two dies, which the system shows as two devices; 500 W typical, 560 W peak",
     "AMD Instinct MI250X data sheet (2021), specifications"},
    {"mi300x", "AMD", PT_HARDWARE_GPU, 2023, 163.4e12, 1307.4e12, 192 * GIB, 5300e9, 750, NAN, NULL,
     "AMD Instinct MI300X data sheet (2023), specifications"},
    {"mi325x", "AMD", PT_HARDWARE_GPU, 2024, 163.4e12, 1307.4e12, 256 * GIB, 6000e9, 1000, NAN,
     NULL, "AMD Instinct MI325X data sheet (2024), specifications"},
    {"mi355x", "AMD", PT_HARDWARE_GPU, 2025, 157.3e12, 2516.6e12, 288 * GIB, 8000e9, 1400, NAN,
     NULL, "AMD Instinct MI355X data sheet (2025), specifications"},
    // Google. No vector peaks are published.
    {"tpu-v2", "Google", PT_HARDWARE_TPU, 2017, NAN, 46e12, 16 * GIB, 700e9, 280, NAN, NULL,
     "Jouppi et al. 2021, Ten lessons from three generations, ISCA, table 1"},
    {"tpu-v3", "Google", PT_HARDWARE_TPU, 2018, NAN, 123e12, 32 * GIB, 900e9, 450, NAN,
     "measured in production: 123 W least, 220 W mean, 262 W most",
     "Jouppi et al. 2021, Ten lessons, ISCA, table 1; watts: Google Cloud TPU v3 documentation"},
    {"tpu-v4", "Google", PT_HARDWARE_TPU, 2020, NAN, 275e12, 32 * GIB, 1200e9, NAN, NAN,
     NO_TDP "; measured in production: 90 W least, 170 W mean, 192 W most",
     "Google Cloud TPU v4 documentation, system architecture"},
    {"tpu-v5e", "Google", PT_HARDWARE_TPU, 2023, NAN, 197e12, 16 * GIB, 819e9, NAN, NAN, NO_TDP,
     "Google Cloud TPU v5e documentation, key chip specifications"},
    {"tpu-v5p", "Google", PT_HARDWARE_TPU, 2023, NAN, 459e12, 95 * GIB, 2765e9, NAN, NAN, NO_TDP,
     "Google Cloud TPU v5p documentation, key chip specifications"},
    {"tpu-v6e", "Google", PT_HARDWARE_TPU, 2024, NAN, 918e12, 32 * GIB, 1638e9, NAN, NAN, NO_TDP,
     "Google Cloud TPU v6e documentation, key specifications"},
    // Intel Gaudi, AWS Trainium
    {"gaudi2", "Intel", PT_HARDWARE_NPU, 2022, NAN, 432e12, 96 * GIB, 2460e9, 600, NAN, NULL,
     "Kaplan, Intel Gaudi 3 AI accelerator, Hot Chips 2024, product generations"},
    {"gaudi3", "Intel", PT_HARDWARE_NPU, 2024, NAN, 1835e12, 128 * GIB, 3670e9, 900, NAN,
     "air cooled; 1200 W with liquid",
     "Kaplan, Intel Gaudi 3 AI accelerator, Hot Chips 2024, product generations"},
    {"trainium1", "AWS", PT_HARDWARE_NPU, 2022, 47.5e12, 190e12, 32 * GIB, 820e9, NAN, NAN, NO_TDP,
     "AWS Neuron documentation, Trainium architecture"},
    {"trainium2", "AWS", PT_HARDWARE_NPU, 2024, 181e12, 667e12, 96 * GIB, 2900e9, NAN, NAN, NO_TDP,
     "AWS Neuron documentation, Trainium2 architecture"},
    // Apple
    {"m2-ultra", "Apple", PT_HARDWARE_GPU, 2023, 27.2e12, NAN, 192 * GIB, 800e9, NAN, NAN,
     "peak is 76 cores x 256 FLOP x 1.398 GHz, not published; memory is shared with the CPU",
     "Apple Mac Studio (2023) technical specifications, M2 Ultra"},
    // Processors, one socket
    {"epyc-7742", "AMD", PT_HARDWARE_CPU, 2019, 64 * 2.25e9 * 32, NAN, NAN, 204.8e9, 225, NAN,
     CPU_NOTE "; Zen 2", "AMD EPYC 7742 product page: 64 cores, 2.25 GHz, 8 x DDR4-3200"},
    {"epyc-7763", "AMD", PT_HARDWARE_CPU, 2021, 64 * 2.45e9 * 32, NAN, NAN, 204.8e9, 280, NAN,
     CPU_NOTE "; Zen 3", "AMD EPYC 7763 product page: 64 cores, 2.45 GHz, 8 x DDR4-3200"},
    {"epyc-9654", "AMD", PT_HARDWARE_CPU, 2022, 96 * 2.4e9 * 32, 96 * 2.4e9 * 64, NAN, 460.8e9, 360,
     NAN, CPU_NOTE "; Zen 4, AVX-512 in two halves",
     "AMD EPYC 9654 product page: 96 cores, 2.4 GHz, 12 x DDR5-4800"},
    {"epyc-9755", "AMD", PT_HARDWARE_CPU, 2024, 128 * 2.7e9 * 64, 128 * 2.7e9 * 128, NAN, 614.4e9,
     500, NAN, CPU_NOTE "; Zen 5",
     "AMD EPYC 9755 product page: 128 cores, 2.7 GHz, 12 x DDR5-6400"},
    {"xeon-8280", "Intel", PT_HARDWARE_CPU, 2019, 28 * 2.7e9 * 64, NAN, NAN, 140.8e9, 205, NAN,
     CPU_NOTE ", lower with AVX-512; Cascade Lake",
     "Intel Xeon Platinum 8280 product page: 28 cores, 2.7 GHz, 6 x DDR4-2933"},
    {"xeon-8380", "Intel", PT_HARDWARE_CPU, 2021, 40 * 2.3e9 * 64, NAN, NAN, 204.8e9, 270, NAN,
     CPU_NOTE ", lower with AVX-512; Ice Lake",
     "Intel Xeon Platinum 8380 product page: 40 cores, 2.3 GHz, 8 x DDR4-3200"},
    {"xeon-8480+", "Intel", PT_HARDWARE_CPU, 2023, 56 * 2.0e9 * 64, 56 * 2.0e9 * 1024, NAN, 307.2e9,
     350, NAN, CPU_NOTE ", lower with AVX-512; AMX; Sapphire Rapids",
     "Intel Xeon Platinum 8480+ product page: 56 cores, 2.0 GHz, 8 x DDR5-4800"},
    {"xeon-8592+", "Intel", PT_HARDWARE_CPU, 2023, 64 * 1.9e9 * 64, 64 * 1.9e9 * 1024, NAN, 358.4e9,
     350, NAN, CPU_NOTE ", lower with AVX-512; AMX; Emerald Rapids",
     "Intel Xeon Platinum 8592+ product page: 64 cores, 1.9 GHz, 8 x DDR5-5600"},
    {"xeon-6980p", "Intel", PT_HARDWARE_CPU, 2024, 128 * 2.0e9 * 64, 128 * 2.0e9 * 1024, NAN,
     614.4e9, 500, NAN, CPU_NOTE ", lower with AVX-512; AMX; Granite Rapids; faster with MRDIMM",
     "Intel Xeon 6980P product page: 128 cores, 2.0 GHz, 12 x DDR5-6400"},
    {"grace", "NVIDIA", PT_HARDWARE_CPU, 2023, 7.1e12, NAN, NAN, 500e9, 250, NAN,
     "half a superchip; fp32 is twice its fp64 peak; TDP includes the memory",
     "NVIDIA Grace CPU Superchip datasheet (2023): 7.1 TFLOPS fp64, 1 TB/s, 500 W for two"},
};
const int pt_accelerator_count = (int)(sizeof pt_accelerators / sizeof *pt_accelerators);

const char *pt_hardware_kind_text(enum pt_hardware_kind kind)
{
    static const char *const texts[] = {"GPU", "TPU", "NPU", "CPU"};
    return texts[kind];
}

enum pt_status pt_accelerator_find(const char *name, const struct pt_accelerator **ret_accelerator,
                                   struct pt_error *error)
{
    const char *names[sizeof pt_accelerators / sizeof *pt_accelerators + 1];
    char lower[64];
    size_t length = 0;

    for (; name[length] != '\0' && length + 1 < sizeof lower; length++)
        lower[length] = (char)tolower((unsigned char)name[length]);
    lower[length] = '\0';
    for (int i = 0; i < pt_accelerator_count; i++) {
        names[i] = pt_accelerators[i].name;
        if (name[length] == '\0' && strcmp(lower, names[i]) == 0) {
            *ret_accelerator = &pt_accelerators[i];
            return PT_OK;
        }
    }
    names[pt_accelerator_count] = NULL;
    const char *nearest = pt_nearest_word(lower, names);
    if (nearest != NULL)
        return pt_fail(error, PT_NOT_FOUND, "no hardware is called %.60s; did you mean %s?", name,
                       nearest);
    return pt_fail(error, PT_NOT_FOUND,
                   "no hardware is called %.60s; `powertrain hardware` lists all names", name);
}
