// The instructions of this CPU, and how many threads may use it.
//
// A container often sees all cores of its host but may use two of them: the number of cores says
// nothing. The affinity mask says where threads may run (sched_getaffinity(2)), the cgroup quota
// how much of that time they get (hardware/cpu_quota.c).

#include "engine/cpu.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "hardware/cpu_quota.h"

enum { CPUS_MAX = 1 << 16 };

static enum pt_isa isa_of_hardware(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (avx2 && avx512)
        return PT_ISA_AVX512;
    if (avx2)
        return PT_ISA_AVX2;
#endif
    return PT_ISA_PORTABLE;
}

static enum pt_isa isa_of_environment(void)
{
    const char *name = getenv("PT_CPU");
    if (name == NULL || *name == '\0' || strcmp(name, "avx512") == 0)
        return PT_ISA_AVX512;
    if (strcmp(name, "avx2") == 0)
        return PT_ISA_AVX2;
    if (strcmp(name, "portable") == 0)
        return PT_ISA_PORTABLE;
    pt_log(PT_LOG_WARN, "environment_ignored", "name=PT_CPU value=%s known=portable,avx2,avx512",
           name);
    return PT_ISA_AVX512;
}

enum pt_isa pt_cpu_isa(void)
{
    static int known = -1; // the answer is the same whichever thread writes it
    int isa = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (isa < 0) {
        int hardware = (int)isa_of_hardware(), allowed = (int)isa_of_environment();
        isa = hardware < allowed ? hardware : allowed;
        __atomic_store_n(&known, isa, __ATOMIC_RELAXED);
    }
    return (enum pt_isa)isa;
}

bool pt_cpu_has_avx512_bf16(void)
{
#if defined(__x86_64__)
    return pt_cpu_isa() == PT_ISA_AVX512 && __builtin_cpu_supports("avx512bf16");
#else
    return false;
#endif
}

static int affinity_threads(void)
{
    int count = 0;
    cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
    if (set == NULL)
        return 1;
    if (sched_getaffinity(0, CPU_ALLOC_SIZE(CPUS_MAX), set) == 0)
        count = CPU_COUNT_S(CPU_ALLOC_SIZE(CPUS_MAX), set);
    CPU_FREE(set);
    return count > 0 ? count : 1;
}

int pt_cpu_threads_below(const char *root)
{
    int threads = affinity_threads();
    struct pt_arena *arena = pt_arena_create();
    int quota = arena == NULL ? 0 : pt_cpu_quota_threads(arena, root);
    pt_arena_destroy(arena);
    return quota > 0 && quota < threads ? quota : threads;
}

int pt_cpu_threads(void)
{
    return pt_cpu_threads_below("");
}
