// Tables from processor numbers to microarchitectures.
// Sources: Linux, arch/x86/kernel/cpu/amd.c (bsp_init_amd) and arch/x86/include/asm/intel-family.h;
// arch/arm64/include/asm/cputype.h. Hygon Dhyana is a Zen of 2018.

#include "hardware/microarchitecture.h"

#include <stddef.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

struct model_range {
    int family, first, last; // models, both included
    const char *name;
};

static const struct model_range amd[] = {
    {0x17, 0x00, 0x2f, "Zen"},                                // Naples 0x01; Zen+ 0x08
    {0x17, 0x30, 0xaf, "Zen 2"},                              // Rome 0x31
    {0x18, 0x00, 0x0f, "Zen"},   {0x19, 0x00, 0x0f, "Zen 3"}, // Milan 0x01
    {0x19, 0x10, 0x1f, "Zen 4"},                              // Genoa 0x11
    {0x19, 0x20, 0x5f, "Zen 3"}, {0x19, 0x60, 0xaf, "Zen 4"}, // Bergamo 0xa0
    {0x1a, 0x00, 0x2f, "Zen 5"},                              // Turin 0x02, dense 0x11
    {0x1a, 0x40, 0x4f, "Zen 5"}, {0x1a, 0x60, 0x7f, "Zen 5"},
};

static const struct model_range intel[] = {
    {6, 0x2a, 0x2a, "Sandy Bridge"},    {6, 0x2d, 0x2d, "Sandy Bridge"},
    {6, 0x3a, 0x3a, "Ivy Bridge"},      {6, 0x3e, 0x3e, "Ivy Bridge"},
    {6, 0x3c, 0x3c, "Haswell"},         {6, 0x3f, 0x3f, "Haswell"},
    {6, 0x45, 0x46, "Haswell"},         {6, 0x3d, 0x3d, "Broadwell"},
    {6, 0x47, 0x47, "Broadwell"},       {6, 0x4f, 0x4f, "Broadwell"},
    {6, 0x56, 0x56, "Broadwell"},       {6, 0x4e, 0x4e, "Skylake"},
    {6, 0x5e, 0x5e, "Skylake"},         {6, 0x55, 0x55, "Skylake"}, // later steppings below
    {6, 0x8e, 0x8e, "Kaby Lake"},       {6, 0x9e, 0x9e, "Kaby Lake"},
    {6, 0xa5, 0xa6, "Comet Lake"},      {6, 0x6a, 0x6a, "Ice Lake"},
    {6, 0x6c, 0x6c, "Ice Lake"},        {6, 0x7d, 0x7e, "Ice Lake"},
    {6, 0x8c, 0x8d, "Tiger Lake"},      {6, 0xa7, 0xa7, "Rocket Lake"},
    {6, 0x8f, 0x8f, "Sapphire Rapids"}, {6, 0xcf, 0xcf, "Emerald Rapids"},
    {6, 0xad, 0xae, "Granite Rapids"},  {6, 0xaf, 0xaf, "Sierra Forest"},
    {6, 0x97, 0x97, "Alder Lake"},      {6, 0x9a, 0x9a, "Alder Lake"},
    {6, 0xb7, 0xb7, "Raptor Lake"},     {6, 0xba, 0xba, "Raptor Lake"},
    {6, 0xbf, 0xbf, "Raptor Lake"},     {6, 0xaa, 0xaa, "Meteor Lake"},
};

static const char *find_model(const struct model_range *ranges, int count, int family, int model)
{
    for (int i = 0; i < count; i++)
        if (ranges[i].family == family && model >= ranges[i].first && model <= ranges[i].last)
            return ranges[i].name;
    return "";
}

const char *pt_x86_microarchitecture(const char *vendor, int family, int model, int stepping)
{
    if (strcmp(vendor, "AuthenticAMD") == 0 || strcmp(vendor, "HygonGenuine") == 0)
        return find_model(amd, COUNT(amd), family, model);
    if (strcmp(vendor, "GenuineIntel") != 0)
        return "";
    // Three server generations share one model number.
    if (family == 6 && model == 0x55 && stepping >= 5)
        return stepping >= 10 ? "Cooper Lake" : "Cascade Lake";
    return find_model(intel, COUNT(intel), family, model);
}

const char *pt_arm_microarchitecture(unsigned implementer, unsigned part)
{
    static const struct {
        unsigned implementer, part;
        const char *name;
    } cores[] = {
        {0x41, 0xd08, "Cortex-A72"},  {0x41, 0xd0b, "Cortex-A76"},  {0x41, 0xd0c, "Neoverse N1"},
        {0x41, 0xd40, "Neoverse V1"}, {0x41, 0xd49, "Neoverse N2"}, {0x41, 0xd4f, "Neoverse V2"},
        {0x41, 0xd84, "Neoverse V3"}, {0xc0, 0xac3, "Ampere-1"},    {0xc0, 0xac4, "Ampere-1A"},
        {0x46, 0x001, "A64FX"},
    };
    for (int i = 0; i < COUNT(cores); i++)
        if (cores[i].implementer == implementer && cores[i].part == part)
            return cores[i].name;
    return "";
}

// Multiply-add units x their lanes x 2. AMX: 1024 bf16 FLOP per cycle and core. AVX512_BF16 and
// BFMMLA: twice and four times fp32. Makers' optimization guides, as for the catalogue.
static const struct pt_core_width widths[] = {
    {"Sandy Bridge", 16, 0},
    {"Ivy Bridge", 16, 0},
    {"Haswell", 32, 0},
    {"Broadwell", 32, 0},
    {"Skylake", 64, 0},
    {"Kaby Lake", 32, 0},
    {"Comet Lake", 32, 0},
    {"Cascade Lake", 64, 0},
    {"Cooper Lake", 64, 128},
    {"Ice Lake", 64, 0},
    {"Tiger Lake", 32, 0},
    {"Rocket Lake", 32, 0},
    {"Alder Lake", 32, 0},
    {"Raptor Lake", 32, 0},
    {"Meteor Lake", 32, 0},
    {"Sierra Forest", 16, 0},
    {"Sapphire Rapids", 64, 1024},
    {"Emerald Rapids", 64, 1024},
    {"Granite Rapids", 64, 1024},
    {"Zen", 16, 0},
    {"Zen 2", 32, 0},
    {"Zen 3", 32, 0},
    {"Zen 4", 32, 64},
    {"Zen 5", 64, 128},
    {"Neoverse N1", 16, 0},
    {"Neoverse N2", 16, 64},
    {"Neoverse V1", 32, 128},
    {"Neoverse V2", 32, 128},
    {"Graviton", 32, 0},
};

const struct pt_core_width *pt_core_width_find(const char *microarchitecture)
{
    for (int i = 0; i < COUNT(widths); i++)
        if (strcmp(widths[i].microarchitecture, microarchitecture) == 0)
            return &widths[i];
    return NULL;
}
