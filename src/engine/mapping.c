// mmap with room to align, advice for huge pages, and one write to every page.
// Source: Linux, madvise(2); Documentation/admin-guide/mm/transhuge.rst.

#include "engine/mapping.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/size.h"
#include "base/table.h"
#include "engine/available_memory.h"
#include "engine/split.h"

enum { PAGE = 4096, HUGE_PAGE = 2 << 20 };

// Pages that another thread would have to clear first are not worth a huge page each.
static bool is_large(int64_t size)
{
    return size >= 2 * HUGE_PAGE;
}

static void touch(void *context, struct pt_range range)
{
    for (int64_t at = range.begin; at < range.end; at += PAGE)
        ((volatile char *)context)[at] = 0;
}

static enum pt_status check_available(const char *what, int64_t size, struct pt_error *error)
{
    int64_t available = pt_available_memory("");
    char need[48], have[48];
    if (size <= available)
        return PT_OK;
    return pt_fail(error, PT_INFEASIBLE,
                   "%s needs %s of memory, %s are available; use a smaller batch or network, or a "
                   "machine with more memory",
                   what, pt_format_bytes((double)size, need),
                   pt_format_bytes((double)available, have));
}

enum pt_status pt_mapping_create(const char *what, int64_t size, int threads,
                                 struct pt_mapping *ret_mapping, struct pt_error *error)
{
    struct pt_mapping mapping = {.size = (size_t)size};
    char text[48];
    int64_t mapped_size;
    if (size == 0) {
        *ret_mapping = mapping;
        return PT_OK;
    }
    enum pt_status status = check_available(what, size, error);
    if (status != PT_OK)
        return status;
    size_t align = is_large(size) ? HUGE_PAGE : PAGE;
    if (!pt_size_sum(size, (int64_t)align, &mapped_size))
        return pt_fail(error, PT_OVERFLOW, "%s needs 2^63 bytes or more", what);

    mapping.mapped_size = (size_t)mapped_size;
    mapping.mapped =
        mmap(NULL, mapping.mapped_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapping.mapped == MAP_FAILED)
        return pt_fail(error, PT_NO_MEMORY,
                       "%s: the system refuses %s of memory (%s); see ulimit -v", what,
                       pt_format_bytes((double)size, text), strerror(errno));
    size_t beyond = (size_t)mapping.mapped % align;
    mapping.bytes = (char *)mapping.mapped + (beyond == 0 ? 0 : align - beyond);
    if (is_large(size))
        madvise(mapping.bytes, mapping.size, MADV_HUGEPAGE); // a wish: without it all is slower
    pt_run_ranges(size, HUGE_PAGE, is_large(size) ? size : 0, threads, touch, mapping.bytes);
    *ret_mapping = mapping;
    return PT_OK;
}

void pt_mapping_destroy(struct pt_mapping *mapping)
{
    if (mapping->mapped != NULL)
        munmap(mapping->mapped, mapping->mapped_size);
    *mapping = (struct pt_mapping){0};
}
