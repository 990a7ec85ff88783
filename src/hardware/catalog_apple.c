// Apple: the GPUs of its systems on a chip, with all cores and the most memory that was sold. No
// matrix units that training reaches, and fp16 is no faster than fp32.

#include "hardware/catalog.h"

#define GPU(name_, generation_, year_)                                                             \
    .name = (name_), .vendor = "Apple", .kind = PT_HARDWARE_GPU, .generation = (generation_),      \
    .year = (year_)
#define SHARED "memory is shared with the processor"
#define CLOCK  "peak is cores x 256 FLOP x a clock that Apple does not publish"

// clang-format off
static const struct pt_accelerator rows[] = {
    {GPU("m1", "apple7", 2020), TFLOPS(2.6, NAN, NAN, NAN, NAN, NAN), MEMORY(16, 68.25),
     WATTS(39, NAN), UNITS(8), UNMEASURED, .node = "computer", NO_MONEY, NO_CARBON,
     .note = SHARED "; watts of a whole Mac mini (2020) at most; watts not confirmed at the source",
     .source = "Apple, Mac mini (2020) technical specifications; power: Apple support, Mac power "
               "consumption"},
    {GPU("m1-pro", "apple7", 2021), TFLOPS(5.2, NAN, NAN, NAN, NAN, NAN), MEMORY(32, 200),
     WATTS(NAN, NAN), UNITS(16), UNMEASURED, .node = "computer", NO_MONEY, NO_CARBON,
     .note = SHARED,
     .source = "Apple, MacBook Pro (2021) technical specifications"},
    {GPU("m1-max", "apple7", 2021), TFLOPS(10.4, NAN, NAN, NAN, NAN, NAN), MEMORY(64, 400),
     WATTS(115, NAN), UNITS(32), UNMEASURED, .node = "computer", NO_MONEY, NO_CARBON,
     .note = SHARED "; watts of a whole Mac Studio (2022) at most",
     .source = "Apple, Mac Studio (2022) technical specifications; power: "
               "support.apple.com/102027"},
    {GPU("m1-ultra", "apple7", 2022), TFLOPS(21, NAN, NAN, NAN, NAN, NAN), MEMORY(128, 800),
     WATTS(215, NAN), UNITS(64), UNMEASURED, .node = "computer", NO_MONEY, NO_CARBON,
     .note = SHARED "; watts of a whole Mac Studio (2022) at most",
     .source = "Apple, Mac Studio (2022) technical specifications; power: "
               "support.apple.com/102027"},
    {GPU("m2", "apple8", 2022), TFLOPS(10 * 256e-3 * 1.398, NAN, NAN, NAN, NAN, NAN),
     MEMORY(24, 100), WATTS(50, NAN), UNITS(10), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac mini (2023) at most; watts not confirmed "
                    "at the source",
     .source = "Apple, Mac mini (2023) technical specifications; power: Apple support, Mac power "
               "consumption"},
    {GPU("m2-pro", "apple8", 2023), TFLOPS(19 * 256e-3 * 1.398, NAN, NAN, NAN, NAN, NAN),
     MEMORY(32, 200), WATTS(100, NAN), UNITS(19), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac mini (2023) at most; watts not confirmed "
                    "at the source",
     .source = "Apple, Mac mini (2023) technical specifications; power: Apple support, Mac power "
               "consumption"},
    {GPU("m2-max", "apple8", 2023), TFLOPS(38 * 256e-3 * 1.398, NAN, NAN, NAN, NAN, NAN),
     MEMORY(96, 400), WATTS(145, NAN), UNITS(38), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac Studio (2023) at most",
     .source = "Apple, Mac Studio (2023) technical specifications; power: "
               "support.apple.com/102027"},
    {GPU("m2-ultra", "apple8", 2023), TFLOPS(76 * 256e-3 * 1.398, NAN, NAN, NAN, NAN, NAN),
     MEMORY(192, 800), WATTS(295, NAN), UNITS(76), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac Studio (2023) at most",
     .source = "Apple, Mac Studio (2023) technical specifications; power: "
               "support.apple.com/102027"},
    {GPU("m3", "apple9", 2023), TFLOPS(10 * 256e-3 * 1.38, NAN, NAN, NAN, NAN, NAN),
     MEMORY(24, 100), WATTS(NAN, NAN), UNITS(10), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK,
     .source = "Apple, MacBook Pro (2023) technical specifications"},
    {GPU("m3-pro", "apple9", 2023), TFLOPS(18 * 256e-3 * 1.38, NAN, NAN, NAN, NAN, NAN),
     MEMORY(36, 150), WATTS(NAN, NAN), UNITS(18), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK,
     .source = "Apple, MacBook Pro (2023) technical specifications"},
    {GPU("m3-max", "apple9", 2023), TFLOPS(40 * 256e-3 * 1.38, NAN, NAN, NAN, NAN, NAN),
     MEMORY(128, 400), WATTS(NAN, NAN), UNITS(40), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK,
     .source = "Apple, MacBook Pro (2023) technical specifications"},
    {GPU("m3-ultra", "apple9", 2025), TFLOPS(80 * 256e-3 * 1.38, NAN, NAN, NAN, NAN, NAN),
     MEMORY(512, 819), WATTS(270, NAN), UNITS(80), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac Studio (2025) at most; watts not confirmed "
                    "at the source",
     .source = "Apple, Mac Studio (2025) technical specifications; power: Apple support, Mac "
               "power consumption"},
    {GPU("m4", "apple9", 2024), TFLOPS(10 * 256e-3 * 1.578, NAN, NAN, NAN, NAN, NAN),
     MEMORY(32, 120), WATTS(65, NAN), UNITS(10), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac mini (2024) at most",
     .source = "Apple, Mac mini (2024) technical specifications; power: support.apple.com/103253"},
    {GPU("m4-pro", "apple9", 2024), TFLOPS(20 * 256e-3 * 1.578, NAN, NAN, NAN, NAN, NAN),
     MEMORY(64, 273), WATTS(140, NAN), UNITS(20), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac mini (2024) at most",
     .source = "Apple, Mac mini (2024) technical specifications; power: support.apple.com/103253"},
    {GPU("m4-max", "apple9", 2024), TFLOPS(40 * 256e-3 * 1.578, NAN, NAN, NAN, NAN, NAN),
     MEMORY(128, 546), WATTS(145, NAN), UNITS(40), UNMEASURED, .node = "computer", NO_MONEY,
     NO_CARBON,
     .note = SHARED "; " CLOCK "; watts of a whole Mac Studio (2025) at most; watts not confirmed "
                    "at the source",
     .source = "Apple, Mac Studio (2025) technical specifications; power: Apple support, Mac "
               "power consumption"},
};
// clang-format on

const struct pt_accelerator_table pt_catalog_apple = {rows, sizeof rows / sizeof *rows};
