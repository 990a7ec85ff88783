// The scripted hardware behind the stand-ins of NVML, AMD SMI and Level Zero: tests/sensor/fake_*.c
// are built as shared libraries of the names that the drivers open. A test finds the state of a
// library by its symbol "fake_gpus"; a program that is started with LD_LIBRARY_PATH gives a script
// instead: FAKE_GPUS="watts=300 step=0.1; watts=60 energy=0".
#ifndef PT_TEST_FAKE_GPUS_H
#define PT_TEST_FAKE_GPUS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXPORTED __attribute__((visibility("default")))

enum { FAKE_GPUS_MAX = 24, FAKE_PROCESSES_MAX = 300 };

struct fake_process {
    unsigned pid, sm_percent, instance; // MIG instance
    unsigned idle_times;                // of the last utilization_times
    double bytes;
};

// All numbers, so that a script can set each by name; 0 is the default unless said otherwise.
struct fake_gpu {
    double watts, memory_watts, module_watts, host_watts; // what it draws; host: the module's rest
    double step;                            // seconds between two steps of the counter, 0: smooth
    double energy, power, instant, samples; // whether it tells them; 1 by default
    double module, memory;                  // whether it knows these scopes
    double average;                         // power is the mean of the last second: not simulated
    double scopes_ignored;                  // answers for the board, whatever the scope
    double lie;                             // the counter counts this times what is drawn; 1
    double error;                           // every call returns this
    double handle_error;                    // no handle is given
    double slow;                            // seconds that a call of the energy counter takes
    double list_slow;                       // and one of the list of processes
    double limit_watts, architecture;
    double mig, multiprocessors[8];
    double sample_period, utilization_times;     // the second: 1
    double module_only;                          // knows no other scope
    // Its cap: mW kept in the file $FAKE_NVML_CAPS, one line a GPU, so that processes share it.
    double cap_error, cap_locked, throttle; // what setting returns; keeps the old; reasons
    double garbage;                              // utilizations of nobody, of 1000 %, of long ago
    double integrated, partitions, card, stacks; // Intel, AMD
    double joules0;                              // of the counter at the start; 1000
    double joules, board_joules;                 // so far: counter, truth
    int process_count, graphics_count, ended_count; // compute, graphics, ended: in this order
    struct fake_process processes[FAKE_PROCESSES_MAX];
    struct {
        double watts, joules;
        int64_t at_ns;
    } stepped; // what the counter shows
};

struct fake_gpus {
    int count;
    int init_error, count_error;
    int64_t (*now)(void *state); // nanoseconds; NULL: the system's clock
    void (*wait)(void *state, double seconds);
    void *state;
    int64_t begun_ns, updated_ns;
    int energy_calls, power_calls, sample_calls, opened; // opened: init without shutdown
    struct fake_gpu gpus[FAKE_GPUS_MAX];
};

static inline void fake_gpu_default(struct fake_gpu *gpu)
{
    *gpu = (struct fake_gpu){.watts = 300,
                             .energy = 1,
                             .power = 1,
                             .instant = 1,
                             .samples = 1,
                             .lie = 1,
                             .limit_watts = 700,
                             .architecture = 9,
                             .sample_period = 0.1,
                             .utilization_times = 1,
                             .joules0 = 1000,
                             .card = 1};
}

#endif
