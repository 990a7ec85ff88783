// What of this machine is reserved for us: by Slurm, by a quota or a set of CPUs of a control group
// or container, by taskset.
#ifndef PT_METER_ALLOCATION_H
#define PT_METER_ALLOCATION_H

#include "base/arena.h"
#include "meter/idle.h"

struct pt_allocation {
    double cpu_count;         // that may be used; a quota of 150 ms in 100 ms is 1.5
    double machine_cpu_count; // of the machine
    double memory_share;      // of the machine's memory; NAN: not told
    bool told;                // by a batch system: then all of the machine is meant so
    bool gpus_told;
    uint32_t gpus;   // a bit for each, as the driver counts
    char source[96]; // "Slurm job 4711", "cpu.max", "the set of CPUs"; "": nobody limits us
};

// Reads the environment by get (getenv; NULL for a name that is not set) and files below root.
// PT_UNAVAILABLE: the machine's CPUs cannot be counted; PT_BAD_INPUT: a variable of Slurm is none.
enum pt_status pt_allocation_read(struct pt_arena *arena, const char *root,
                                  const char *(*get)(const char *name),
                                  struct pt_allocation *ret_allocation, struct pt_error *error);

// The policy for --idle auto: all of a machine that a batch system gave us, what is reserved if
// that is less than the machine and idle watts are known, else busy share. why says it in a few
// words.
enum pt_idle_policy pt_allocation_policy(const struct pt_allocation *allocation, bool watts_known,
                                         char *why, size_t size);

// "0,2-3": a bit for each number; false for anything else, also numbers above 31.
bool pt_gpu_list_parse(const char *text, uint32_t *ret_bits);

#endif
