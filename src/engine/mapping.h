// Large memory: one mapping, in huge pages where the kernel gives them, touched once.
//
// A page costs when it is first touched, up to 17 us in a virtual machine, so it is touched before
// the training loop, by all threads, and kept until the end.
#ifndef PT_ENGINE_MAPPING_H
#define PT_ENGINE_MAPPING_H

#include "base/status.h"

struct pt_mapping {
    void *bytes; // zeroed; begins at a multiple of 2 MiB if it is that large, else of a page
    size_t size;
    void *mapped; // what munmap wants
    size_t mapped_size;
};

// what names the memory in messages, "network fashion-mlp". PT_INFEASIBLE if there is not as much
// memory as size, with both numbers; PT_NO_MEMORY if the system refuses it. size 0 maps nothing.
enum pt_status pt_mapping_create(const char *what, int64_t size, int threads,
                                 struct pt_mapping *ret_mapping, struct pt_error *error);
void pt_mapping_destroy(struct pt_mapping *mapping);

#endif
