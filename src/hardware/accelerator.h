// The catalogue of accelerators and processors: what they can do at best, as their makers publish
// it. Peaks are dense (no sparsity). NAN: not published, never 0.
//
// Memory is in binary units: makers write "80 GB" for 80 GiB of HBM or GDDR. A processor has none
// of its own (NAN); its peaks are those of all cores at the base clock, which is arithmetic on
// published figures and says so in the note.
#ifndef PT_HARDWARE_ACCELERATOR_H
#define PT_HARDWARE_ACCELERATOR_H

#include "base/status.h"

enum pt_hardware_kind {
    PT_HARDWARE_GPU,
    PT_HARDWARE_TPU,
    PT_HARDWARE_NPU, // made for neural networks, neither GPU nor TPU
    PT_HARDWARE_CPU,
};

struct pt_accelerator {
    const char *name;   // "h100-sxm", lower case, what --on takes
    const char *vendor; // "NVIDIA"
    enum pt_hardware_kind kind;
    int year;
    double fp32_flop_per_second; // vector units
    double bf16_flop_per_second; // matrix units; fp16 where there is no bf16, see note
    double memory_bytes;
    double memory_bytes_per_second;
    double board_watts; // TDP
    double idle_watts;
    const char *note;   // NULL or what a reader must know
    const char *source; // document and place
};

extern const struct pt_accelerator pt_accelerators[];
extern const int pt_accelerator_count;

// "GPU", "TPU", "NPU", "CPU".
const char *pt_hardware_kind_text(enum pt_hardware_kind kind);

// PT_NOT_FOUND names the nearest known one.
enum pt_status pt_accelerator_find(const char *name, const struct pt_accelerator **ret_accelerator,
                                   struct pt_error *error);

#endif
