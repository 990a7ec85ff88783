// The rows: nodes in which accelerators are usually sold.
//
// Links, one direction, of one accelerator. NVLink 1 to 5: 80, 150, 300, 450, 900 GB/s; AMD
// Infinity Fabric on a board of eight: 7 links of 64 (MI300X, MI325X) or 76.8 GB/s (MI350). TPUs:
// half of the bidirectional bandwidth that Google prints for a chip; a ring of a torus uses an axis
// at a time, a collective over all axes the sum, which stands here. Network: InfiniBand HDR 25, NDR
// 50, XDR 100 GB/s of a NIC, mostly one NIC for each accelerator. PCIe 3, 4, 5: 16, 31, 63 GB/s.
//
// Latencies are of one step of a collective: NCCL's of NVLink and InfiniBand are some 3 and 8
// microseconds with their kernels, as its own tuning table has them (src/graph/tuning.cc: base
// latency and that of one hop). Those of other vendors are assumed to be like them; hops of a
// TPU's torus cost about a microsecond (Austin et al. 2025, How To Scale Your Model).
//
// Watts of hosts. Eight H100 train at most at 881 W each at the wall (MLPerf Training power,
// ResNet-50). 881 x 8 x 0.955 supply efficiency = 6731 W, of which boards that draw 95 % of their
// 700 W take 5320: the rest of the node takes 1411, rounded to 1400. That is 30 % of what the
// rating leaves beside the boards, 10200 - 5600 = 4600 W (DGX H100 user guide). Idle: 1000, since
// an idle node draws 1.7 kW. Other nodes have the same shares of what their rating leaves: the
// macro HOST. Where no rating is published: parts as in NODE_PARTS.
//
// Switches: 59.6 kW for 512 H100 (MLPerf Training v4.1 power, estimate of the submitter): 116 W
// each; in proportion to the bandwidth of the network for others.
//
// Supply efficiency: 80 PLUS Titanium at half load is 0.96, Platinum 0.94.

#include "hardware/cluster.h"

#include <math.h>
#include <stddef.h>

#define HOST(rated_watts, boards_watts)                                                            \
    .host_idle_watts = ((rated_watts) - (boards_watts)) * (1000.0 / 4600),                         \
    .host_busy_watts = ((rated_watts) - (boards_watts)) * (1400.0 / 4600)
// Two processors at 45 % of their TDP (one idle fifth), 0.37 W for a GB of memory (Green
// Algorithms), 22 W for a network card, and fans that take a share of the boards' watts.
#define NODE_PARTS(processor_watts, memory_gb, cards, fans_watts)                                  \
    .host_idle_watts =                                                                             \
        0.2 * (processor_watts) + 0.37 * (memory_gb) + 22.0 * (cards) + 0.4 * (fans_watts),        \
    .host_busy_watts =                                                                             \
        0.45 * (processor_watts) + 0.37 * (memory_gb) + 22.0 * (cards) + (fans_watts)

#define INNER(gb_per_second, microseconds)                                                         \
    .inner_bytes_per_second = (gb_per_second)*1e9, .inner_latency_seconds = (microseconds)*1e-6
#define OUTER(gb_per_second, microseconds)                                                         \
    .outer_bytes_per_second = (gb_per_second)*1e9, .outer_latency_seconds = (microseconds)*1e-6
#define SWITCHES(gb_per_second) .switch_watts = 116 * (gb_per_second) / 50.0
#define NO_HOST_MONEY           .host_price_usd = NAN
#define NO_HOST_CARBON          .host_embodied_kg = NAN
// EcoLogits counts 5700 kg for a server with eight H100 beside its GPUs, from Boavizta's data.
#define SERVER_CARBON .host_embodied_kg = 5700

// clang-format off
const struct pt_node_type pt_node_types[] = {
    {.name = "workstation", .accelerators = 1, .per_host = 1, INNER(16, 5), OUTER(12.5, 15),
     NODE_PARTS(150, 64, 1, 20), .supply_efficiency = 0.92, SWITCHES(12.5), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "assumed: one accelerator, one processor, 100 Gbit/s; 80 PLUS Gold"},
    {.name = "pcie-8", .accelerators = 8, .per_host = 8, INNER(31, 6), OUTER(6.25, 10),
     NODE_PARTS(2 * 280, 1024, 2, 300), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "assumed: eight cards on PCIe 4, two processors, two NICs of 200 Gbit/s"},
    {.name = "pcie-4", .accelerators = 4, .per_host = 4, INNER(16, 6), OUTER(3.1, 15),
     NODE_PARTS(2 * 150, 256, 1, 120), .supply_efficiency = 0.94, SWITCHES(3.1), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "assumed: four cards on PCIe 3, two processors, one NIC of 100 Gbit/s"},
    // NVIDIA
    {.name = "dgx-1-p100", .accelerators = 8, .per_host = 8, INNER(80, 5), OUTER(6.25, 10),
     HOST(3200, 8 * 300), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "NVIDIA DGX-1 system architecture white paper (WP-08437): 4 EDR NICs, 3.2 kW"},
    {.name = "dgx-1", .accelerators = 8, .per_host = 8, INNER(150, 4), OUTER(6.25, 10),
     HOST(3500, 8 * 300), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "NVIDIA DGX-1 with V100 datasheet (2019): 4 EDR NICs of 100 Gbit/s, 3.5 kW"},
    {.name = "dgx-2", .accelerators = 16, .per_host = 16, INNER(150, 4), OUTER(6.25, 10),
     HOST(10000, 16 * 350), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "NVIDIA DGX-2 datasheet (2019): 8 NICs of 100 Gbit/s, 10 kW"},
    {.name = "dgx-2h", .accelerators = 16, .per_host = 16, INNER(150, 4), OUTER(6.25, 10),
     HOST(12000, 16 * 450), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "NVIDIA DGX-2H datasheet (2019): 8 NICs of 100 Gbit/s, 12 kW"},
    {.name = "hgx-a100", .accelerators = 8, .per_host = 8, INNER(300, 3), OUTER(25, 8),
     HOST(6500, 8 * 400), .supply_efficiency = 0.95, SWITCHES(25), NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "NVIDIA DGX A100 user guide: NVLink 3, 8 HDR NICs of 200 Gbit/s, 6.5 kW"},
    {.name = "leonardo-4", .accelerators = 4, .per_host = 4, INNER(300, 3), OUTER(12.5, 8),
     NODE_PARTS(250, 512, 2, 0), .supply_efficiency = 0.96, SWITCHES(12.5), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Turisini et al. 2023, Leonardo, arXiv:2307.16885: 4 GPUs, one Xeon 8358, 512 GB, "
               "2 NICs of 2 x 100 Gbit/s, liquid cooled"},
    {.name = "hgx-a800", .accelerators = 8, .per_host = 8, INNER(200, 3), OUTER(25, 8),
     HOST(6500, 8 * 400), .supply_efficiency = 0.95, SWITCHES(25), NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "NVIDIA A800 datasheet: NVLink cut to 400 GB/s both ways; the rest as DGX A100"},
    {.name = "hgx-h100", .accelerators = 8, .per_host = 8, INNER(450, 3), OUTER(50, 8),
     HOST(10200, 8 * 700), .supply_efficiency = 0.955, SWITCHES(50), .host_price_usd = 74010,
     SERVER_CARBON,
     .source = "NVIDIA DGX H100 user guide: NVLink 4, 8 NDR NICs of 400 Gbit/s, 10.2 kW; MLPerf "
               "Training power; EcoLogits 0.9 for carbon; SemiAnalysis, AI server cost analysis "
               "(May 2023): 269,010 USD, 195,000 of them the board of GPUs"},
    {.name = "hgx-h800", .accelerators = 8, .per_host = 8, INNER(200, 3), OUTER(50, 8),
     HOST(10200, 8 * 700), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "DeepSeek-V3 technical report (arXiv:2412.19437) and NVIDIA H800: NVLink cut to "
               "400 GB/s both ways; the rest as DGX H100"},
    {.name = "hgx-h20", .accelerators = 8, .per_host = 8, INNER(450, 3), OUTER(50, 8),
     HOST(7800, 8 * 400), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "as DGX H100 with boards of 400 W: the rating is 10.2 kW less 8 x 300 W"},
    {.name = "hgx-h200", .accelerators = 8, .per_host = 8, INNER(450, 3), OUTER(50, 8),
     HOST(10200, 8 * 700), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "NVIDIA DGX H200 datasheet: NVLink 4, 8 NDR NICs of 400 Gbit/s, 10.2 kW"},
    {.name = "gh200-host", .accelerators = 1, .per_host = 1, INNER(450, 3), OUTER(50, 8),
     NODE_PARTS(250, 480, 1, 80), .supply_efficiency = 0.95, SWITCHES(50), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "NVIDIA GH200 Grace Hopper Superchip datasheet: one Grace, 480 GB LPDDR5X"},
    {.name = "hgx-b200", .accelerators = 8, .per_host = 8, INNER(900, 3), OUTER(50, 8),
     HOST(14300, 8 * 1000), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "NVIDIA DGX B200 datasheet: NVLink 5, 8 NICs of 400 Gbit/s, 14.3 kW; busy watts "
               "agree with MLPerf Training power (1196 to 1256 W at the wall for a GPU)"},
    {.name = "hgx-b300", .accelerators = 8, .per_host = 8, INNER(900, 3), OUTER(100, 8),
     HOST(14500, 8 * 1100), .supply_efficiency = 0.955, SWITCHES(100), NO_HOST_MONEY, SERVER_CARBON,
     .source = "NVIDIA DGX B300 user guide: NVLink 5, 8 NICs of 800 Gbit/s, about 14 kW"},
    {.name = "gb200-nvl72", .accelerators = 72, .per_host = 4, INNER(900, 4), OUTER(50, 8),
     HOST(132000 / 18, 4 * 1200), .supply_efficiency = 0.97, SWITCHES(50), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "NVIDIA GB200 NVL72 specifications: 18 trays of 4 GPUs and 2 Grace; HPE QuickSpecs "
               "for the rack's 132 kW; switch trays of NVLink are in the rating"},
    {.name = "gb300-nvl72", .accelerators = 72, .per_host = 4, INNER(900, 4), OUTER(100, 8),
     HOST(142000 / 18, 4 * 1400), .supply_efficiency = 0.97, SWITCHES(100), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "NVIDIA GB300 NVL72 specifications: ConnectX-8 of 800 Gbit/s for each GPU; rack of "
               "up to 142 kW (HPE QuickSpecs)"},
    // AMD
    {.name = "mi100-8", .accelerators = 4, .per_host = 8, INNER(92, 5), OUTER(25, 8),
     NODE_PARTS(2 * 280, 512, 4, 240), .supply_efficiency = 0.94, SWITCHES(25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "AMD Instinct MI100 data sheet: hives of four, 3 links of 92 GB/s both ways"},
    {.name = "mi250x-4", .accelerators = 4, .per_host = 4, INNER(200, 5), OUTER(25, 8),
     NODE_PARTS(280, 512, 4, 0), .supply_efficiency = 0.96, SWITCHES(25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Atchley et al. 2023, Frontier, SC23: 4 MI250X with a processor, 512 GB, 4 NICs of "
               "200 Gbit/s, liquid cooled; 4 of the 8 links between boards"},
    {.name = "mi250-8", .accelerators = 8, .per_host = 8, INNER(150, 5), OUTER(25, 8),
     NODE_PARTS(2 * 280, 1024, 8, 450), .supply_efficiency = 0.95, SWITCHES(25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "AMD Instinct MI250 data sheet, board of eight; NICs of 200 Gbit/s assumed"},
    {.name = "mi300a-4", .accelerators = 4, .per_host = 4, INNER(384, 4), OUTER(25, 8),
     NODE_PARTS(0, 0, 4, 0), .supply_efficiency = 0.96, SWITCHES(25), NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "AMD Instinct MI300A data sheet and El Capitan's nodes: 4 APUs, 4 NICs of 200 "
               "Gbit/s, liquid cooled; processors and memory are in the APU"},
    {.name = "mi300x-8", .accelerators = 8, .per_host = 8, INNER(448, 4), OUTER(50, 8),
     HOST(10600, 8 * 750), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "AMD Instinct MI300X platform data sheet: 7 links of 64 GB/s; the host as DGX H100"},
    {.name = "mi325x-8", .accelerators = 8, .per_host = 8, INNER(448, 4), OUTER(50, 8),
     HOST(13300, 8 * 1000), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "AMD Instinct MI325X platform data sheet: 7 links of 64 GB/s; the host takes as "
               "large a share of the boards' watts as that of DGX B200 at most"},
    {.name = "mi350x-8", .accelerators = 8, .per_host = 8, INNER(537.6, 4), OUTER(50, 8),
     HOST(13300, 8 * 1000), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "AMD CDNA 4 architecture white paper: 7 links of 76.8 GB/s, 1075.2 both ways; host "
               "as MI325X"},
    {.name = "mi355x-8", .accelerators = 8, .per_host = 8, INNER(537.6, 4), OUTER(50, 8),
     HOST(16500, 8 * 1400), .supply_efficiency = 0.955, SWITCHES(50), NO_HOST_MONEY, SERVER_CARBON,
     .source = "AMD CDNA 4 architecture white paper: 7 links of 76.8 GB/s, 1075.2 both ways; host "
               "as MI325X, liquid cooled"},
    // Intel
    {.name = "gaudi2-8", .accelerators = 8, .per_host = 8, INNER(262.5, 5), OUTER(37.5, 10),
     NODE_PARTS(2 * 270, 1024, 2, 480), .supply_efficiency = 0.95, SWITCHES(37.5), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Intel Gaudi 2 white paper: of 24 ports of 100 Gbit/s 21 inside, 3 outside"},
    {.name = "gaudi3-8", .accelerators = 8, .per_host = 8, INNER(525, 5), OUTER(75, 10),
     NODE_PARTS(2 * 350, 1024, 2, 720), .supply_efficiency = 0.95, SWITCHES(75), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Intel Gaudi 3 white paper: of 24 ports of 200 Gbit/s 21 inside, 3 outside"},
    {.name = "max-1550-6", .accelerators = 6, .per_host = 6, INNER(130, 6), OUTER(33, 8),
     NODE_PARTS(2 * 350, 1024, 8, 0), .supply_efficiency = 0.96, SWITCHES(33), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Aurora's nodes (Argonne): 6 Max 1550, 2 Xeon Max, 8 NICs of 200 Gbit/s, liquid "
               "cooled; Xe Link: 5 partners of 26 GB/s"},
    // Google: the domain is the largest slice. Hosts of TPUs: 4 chips (v5e, v6e: 8).
    {.name = "tpu-v2-pod", .accelerators = 256, .per_host = 4, INNER(248, 1.5), OUTER(3.1, 30),
     NODE_PARTS(2 * 120, 334, 1, 60), .supply_efficiency = 0.94, SWITCHES(3.1), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Jouppi et al. 2020, A domain-specific supercomputer, CACM 63(7): 4 links of 496 "
               "Gbit/s, 2D torus of 256"},
    {.name = "tpu-v3-pod", .accelerators = 1024, .per_host = 4, INNER(328, 1.5), OUTER(3.1, 30),
     NODE_PARTS(2 * 120, 334, 1, 60), .supply_efficiency = 0.94, SWITCHES(3.1), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Jouppi et al. 2020, A domain-specific supercomputer, CACM 63(7): 4 links of 656 "
               "Gbit/s, 2D torus of 1024"},
    {.name = "tpu-v4-pod", .accelerators = 4096, .per_host = 4, INNER(300, 1), OUTER(6.25, 30),
     NODE_PARTS(2 * 225, 512, 1, 120), .supply_efficiency = 0.95, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Jouppi et al. 2023, TPU v4, ISCA: 6 links of 50 GB/s, torus of 4096, hosts of 4"},
    {.name = "tpu-v5e-pod", .accelerators = 256, .per_host = 8, INNER(200, 1), OUTER(3.125, 30),
     NODE_PARTS(2 * 225, 512, 2, 80), .supply_efficiency = 0.95, SWITCHES(3.125), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Google Cloud TPU v5e documentation: 400 GB/s both ways, 256 chips, hosts of 8 "
               "with 2 x 100 Gbit/s and 512 GiB"},
    {.name = "tpu-v5p-pod", .accelerators = 8960, .per_host = 4, INNER(600, 1), OUTER(6.25, 30),
     NODE_PARTS(2 * 225, 512, 2, 120), .supply_efficiency = 0.95, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Google Cloud TPU v5p documentation: 1200 GB/s both ways, 50 Gbit/s of data center "
               "network for a chip, pods of 8960"},
    {.name = "tpu-v6e-pod", .accelerators = 256, .per_host = 8, INNER(400, 1), OUTER(12.5, 30),
     NODE_PARTS(2 * 225, 1536, 4, 200), .supply_efficiency = 0.95, SWITCHES(12.5), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Google Cloud TPU v6e documentation, docs.cloud.google.com/tpu/docs/v6e: 800 GB/s "
               "both ways, 256 chips, hosts of 8 with 1536 GiB, 100 Gbit/s of data center network "
               "for a chip"},
    {.name = "tpu-v7-pod", .accelerators = 9216, .per_host = 4, INNER(600, 1), OUTER(12.5, 30),
     NODE_PARTS(2 * 300, 960, 2, 0), .supply_efficiency = 0.96, SWITCHES(12.5), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Google Cloud TPU7x documentation: 1200 GB/s both ways, 100 Gbit/s of data center "
               "network for a chip, pods of 9216, liquid cooled"},
    // AWS
    {.name = "trn1", .accelerators = 16, .per_host = 16, INNER(192, 4), OUTER(6.25, 15),
     NODE_PARTS(2 * 270, 512, 8, 300), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "AWS Neuron documentation, Trn1 architecture: 16 chips, 384 GB/s of NeuronLink-v2 "
               "both ways, 800 Gbit/s of EFA"},
    {.name = "trn2", .accelerators = 16, .per_host = 16, INNER(512, 4), OUTER(25, 15),
     NODE_PARTS(2 * 350, 2048, 16, 800), .supply_efficiency = 0.95, SWITCHES(25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "AWS Neuron documentation, Trn2 architecture: 16 chips, 1 TB/s of NeuronLink-v3 "
               "both ways inside the instance, 3.2 Tbit/s of EFA"},
    {.name = "trn2-ultra", .accelerators = 64, .per_host = 16, INNER(640, 4), OUTER(25, 15),
     NODE_PARTS(2 * 350, 2048, 16, 800), .supply_efficiency = 0.95, SWITCHES(25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "AWS Neuron documentation, Trn2 UltraServer: 64 chips, 1.28 TB/s of NeuronLink-v3 "
               "both ways"},
    {.name = "trn3-ultra", .accelerators = 144, .per_host = 4, INNER(1280, 4), OUTER(25, 15),
     NODE_PARTS(350, 1024, 4, 0), .supply_efficiency = 0.96, SWITCHES(25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "AWS Neuron documentation, Trn3 Gen2 UltraServer: 36 servers of 4 chips, 2.56 TB/s "
               "of NeuronLink-v4 both ways, liquid cooled"},
    {.name = "inf2", .accelerators = 12, .per_host = 12, INNER(96, 4), OUTER(1, 15),
     NODE_PARTS(2 * 225, 768, 1, 100), .supply_efficiency = 0.94, SWITCHES(1), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "AWS Neuron documentation, Inf2 architecture: 12 chips, 192 GB/s of NeuronLink "
               "both ways, 100 Gbit/s"},
    // Others
    {.name = "ascend-8", .accelerators = 8, .per_host = 8, INNER(30, 6), OUTER(12.5, 10),
     HOST(5600, 8 * 310), .supply_efficiency = 0.94, SWITCHES(12.5), NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "Huawei Atlas 800 (model 9000) product page: HCCS, 8 ports of 100 Gbit/s, 5.6 kW"},
    {.name = "ascend-910b-8", .accelerators = 8, .per_host = 8, INNER(196, 5), OUTER(25, 10),
     HOST(5600, 8 * 400), .supply_efficiency = 0.95, SWITCHES(25), NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "Huawei Atlas 800T A2 product page: HCCS 392 GB/s both ways, 8 ports of 200 Gbit/s"},
    {.name = "cloudmatrix-384", .accelerators = 384, .per_host = 8, INNER(392, 5), OUTER(50, 10),
     NODE_PARTS(4 * 200, 1536, 8, 600), .supply_efficiency = 0.96, SWITCHES(50), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Zuo et al. 2025, Serving LLMs on Huawei CloudMatrix384, arXiv:2506.12708: 784 "
               "GB/s of UB both ways for a 910C, 400 Gbit/s of RDMA, 8 NPUs and 4 processors a "
               "node"},
    {.name = "mlu370-8", .accelerators = 4, .per_host = 8, INNER(100, 6), OUTER(6.25, 10),
     NODE_PARTS(2 * 250, 512, 2, 240), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Cambricon MLU370-X8: MLU-Link of 200 GB/s both ways in groups of four cards"},
    {.name = "cs-system", .accelerators = 1, .per_host = 1, INNER(150, 5), OUTER(150, 10),
     .host_idle_watts = 2000, .host_busy_watts = 4000, .supply_efficiency = 0.94, SWITCHES(150),
     NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "Cerebras CS-2 product page: 12 ports of 100 Gbit/s; MemoryX and SwarmX assumed to "
               "take 2 to 4 kW for a system"},
    {.name = "ipu-pod16", .accelerators = 16, .per_host = 4, INNER(40, 3), OUTER(6.25, 10),
     NODE_PARTS(2 * 225, 512, 1, 100), .supply_efficiency = 0.94, SWITCHES(6.25), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "Graphcore IPU-M2000 datasheet: IPU-Link of 320 GB/s for four IPUs, both ways"},
    {.name = "computer", .accelerators = 1, .per_host = 1, INNER(8, 5), OUTER(1.25, 30),
     .host_idle_watts = 5, .host_busy_watts = 15, .supply_efficiency = 0.9, SWITCHES(1.25),
     NO_HOST_MONEY, NO_HOST_CARBON,
     .source = "assumed: a computer whose processor has the accelerator and the memory in it, 10 "
               "Gbit/s"},
    {.name = "cpu-server", .accelerators = 2, .per_host = 2, INNER(60, 1), OUTER(12.5, 10),
     NODE_PARTS(0, 512, 1, 60), .supply_efficiency = 0.94, SWITCHES(12.5), NO_HOST_MONEY,
     NO_HOST_CARBON,
     .source = "assumed: two sockets, 512 GB, one NIC of 200 Gbit/s"},
    {.name = NULL},
};
// clang-format on
