// See resident.h. Starting touches three megabytes of code and constants, half of them only because
// the kernel maps sixteen pages for each that is missing. A segment that may not be written holds
// nothing of ours, so it can be dropped and read again. Source: man 2 madvise, MADV_DONTNEED.

#include "cli/resident.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static void drop(uintptr_t begin, uintptr_t end)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    begin = (begin + page - 1) / page * page;
    end = end / page * page;
    if (end > begin) // a refusal, of locked memory, costs nothing
        madvise((void *)begin, end - begin, MADV_DONTNEED); // NOLINT(performance-no-int-to-ptr)
}

static int drop_segments(struct dl_phdr_info *object, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) == 0)
            drop(object->dlpi_addr + segment->p_vaddr,
                 object->dlpi_addr + segment->p_vaddr + segment->p_filesz);
    }
    return 0;
}

// The pages of the stack below us, which the deep calls of the start have touched. Below the stack
// the kernel keeps a megabyte free, so that what is not mapped there belongs to nobody. Source:
// Linux, Documentation/admin-guide/kernel-parameters.txt, stack_guard_gap.
static void drop_stack(void)
{
    const uintptr_t kept = 32768, range = 1 << 20;
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    drop(here - range, here - kept);
}

void pt_resident_shrink(void)
{
    malloc_trim(0);
    dl_iterate_phdr(drop_segments, NULL);
    if (getpid() == gettid())
        drop_stack();
}
