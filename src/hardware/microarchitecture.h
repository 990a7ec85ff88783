// Names of microarchitectures. For the members of this room.
#ifndef PT_HARDWARE_MICROARCHITECTURE_H
#define PT_HARDWARE_MICROARCHITECTURE_H

// The name of an x86 core by CPUID vendor, family, model and stepping, for example "Zen 5"; "" if
// unknown. "Zen" includes Zen+, and each name its dense and client variants.
const char *pt_x86_microarchitecture(const char *vendor, int family, int model, int stepping);

// The name of an Arm core by implementer and part, for example "Neoverse V2"; "" if unknown.
const char *pt_arm_microarchitecture(unsigned implementer, unsigned part);

// What a core can do per cycle; 0: not known. For a guess before anything was measured.
struct pt_core_width {
    const char *microarchitecture;
    int fp32_flop_per_cycle;
    int bf16_flop_per_cycle; // 0: no bf16 products
};
// The width of the core of that name, or NULL.
const struct pt_core_width *pt_core_width_find(const char *microarchitecture);

#endif
