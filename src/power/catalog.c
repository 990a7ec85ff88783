// Watts per hardware thread by microarchitecture, idle and under full load.
//
// The rows are means over the servers of each processor family in SPECpower_ssj2008, wall power
// divided by threads, as Cloud Carbon Footprint publishes them. Two rows of that file are not here:
// Turin (3.68 / 8.96 W) is four times its neighbors and looks like an error, so Zen 5 gets the
// mean of the table; and the file's own mean, which we compute.

#include "power/power.h"

#define CCF "Cloud Carbon Footprint, ccf-coefficients, SPECpower_ssj2008 means: "

const struct pt_cpu_power pt_cpu_powers[] = {
    {"Skylake", 0.61, 4.10, CCF "Skylake"},
    {"Cascade Lake", 0.69, 4.06, CCF "Cascade Lake"},
    {"Ice Lake", 0.77, 3.76, CCF "Ice Lake"},
    {"Sapphire Rapids", 1.04, 4.16, CCF "Sapphire Rapids"},
    {"Emerald Rapids", 0.81, 4.48, CCF "Emerald Rapids"},
    {"Granite Rapids", 0.58, 2.53, CCF "Granite Rapids"},
    {"Zen", 0.85, 2.60, CCF "EPYC 1st generation (Naples)"},
    {"Zen 2", 0.47, 1.69, CCF "EPYC 2nd generation (Rome)"},
    {"Zen 3", 0.46, 1.96, CCF "EPYC 3rd generation (Milan)"},
    {"Zen 4", 0.74, 2.28, CCF "EPYC 4th generation (Genoa)"},
    {"Graviton", 0.47, 1.69, CCF "Graviton (equal to the row of Rome)"},
    {NULL, 0, 0, NULL},
};
