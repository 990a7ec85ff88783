// A ring of batches between a thread that makes them and the one that trains.
//
// The lock protects places and numbers only; batches are made and copied outside of it. The slot
// behind the last full one belongs to the thread, the first full one to the trainer. A seek empties
// the ring at once: it changes the generation, so the thread throws away what it was making.

#include "dataset/loader.h"

#include <inttypes.h>
#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/size.h"

enum { DEPTH_MAX = 1024, CPUS_MAX = 4096 };

struct place {
    int64_t epoch, index; // of a batch; index = batches_per_epoch is the end of the epoch
};

struct slot {
    struct pt_batch batch;
    int64_t rows;
    enum pt_status status;
    struct pt_error error;
};

struct pt_loader {
    struct pt_loader_options options;
    struct pt_arena *arena;
    int64_t batches_per_epoch;
    struct place next; // of the trainer
    // Of whoever makes batches: the thread, or the trainer if depth is 0.
    uint32_t *order; // [sample_count]; NULL without shuffle
    int64_t order_epoch;

    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t filled, freed;
    bool has_lock, has_filled, has_freed, has_thread; // so that half an open can be undone
    bool stop, failed;                                // failed: the last full slot is an error
    uint64_t generation;
    struct place make; // the batch that the thread makes next
    int first, full;   // of the ring
    struct slot *slots;
    int64_t waited_ns;
};

static int64_t rows_of(const struct pt_loader *loader, int64_t index)
{
    int64_t left = loader->options.dataset->sample_count - index * loader->options.batch;
    return left < loader->options.batch ? left : loader->options.batch;
}

static enum pt_status make_batch(struct pt_loader *loader, struct place place,
                                 const struct pt_batch *batch, struct pt_error *error)
{
    const struct pt_loader_options *options = &loader->options;
    if (loader->order != NULL && loader->order_epoch != place.epoch) {
        pt_dataset_order(options->dataset, options->seed, place.epoch, true, loader->order);
        loader->order_epoch = place.epoch;
    }
    return pt_dataset_batch(options->dataset, loader->order, place.index * options->batch,
                            rows_of(loader, place.index), options->seed, place.epoch, batch, error);
}

// With OMP_PROC_BIND the first thread sits on one core, and would hand that on to ours, which would
// then take turns with it: all cores of OpenMP's places instead.
static void leave_the_core(void)
{
    if (omp_get_proc_bind() == omp_proc_bind_false)
        return;
    cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
    int *ids = calloc(CPUS_MAX, sizeof *ids);
    if (set != NULL && ids != NULL) {
        CPU_ZERO_S(CPU_ALLOC_SIZE(CPUS_MAX), set);
        for (int place = 0; place < omp_get_num_places(); place++) {
            int count = omp_get_place_num_procs(place);
            if (count > CPUS_MAX)
                continue;
            omp_get_place_proc_ids(place, ids);
            for (int i = 0; i < count; i++)
                CPU_SET_S((size_t)ids[i], CPU_ALLOC_SIZE(CPUS_MAX), set);
        }
        // If it fails, we are slower but right.
        (void)sched_setaffinity(0, CPU_ALLOC_SIZE(CPUS_MAX), set);
    }
    CPU_FREE(set);
    free(ids);
}

static struct place after(const struct pt_loader *loader, struct place place)
{
    place.index++;
    if (place.index >= loader->batches_per_epoch)
        place = (struct place){place.epoch + 1, 0};
    return place;
}

// The thread. The lock is held but while a batch is made.
static void *fill_ring(void *context)
{
    struct pt_loader *loader = context;
    leave_the_core();
    if (loader->options.threads > 0)
        omp_set_num_threads(loader->options.threads);

    pthread_mutex_lock(&loader->lock);
    while (!loader->stop) {
        if (loader->failed || loader->full == loader->options.depth) {
            pthread_cond_wait(&loader->freed, &loader->lock);
            continue;
        }
        uint64_t generation = loader->generation;
        struct place place = loader->make;
        struct slot *slot = &loader->slots[(loader->first + loader->full) % loader->options.depth];
        pthread_mutex_unlock(&loader->lock);

        slot->rows = rows_of(loader, place.index);
        slot->status = make_batch(loader, place, &slot->batch, &slot->error);

        pthread_mutex_lock(&loader->lock);
        if (generation != loader->generation)
            continue;
        loader->make = after(loader, place);
        loader->failed = slot->status != PT_OK;
        loader->full++;
        pthread_cond_signal(&loader->filled);
    }
    pthread_mutex_unlock(&loader->lock);
    return NULL;
}

// Rows of width numbers of four bytes; NULL if the dataset has none.
static bool allocate_rows(struct pt_loader *loader, bool wanted, int64_t width, void **ret_rows)
{
    int64_t count;
    *ret_rows = NULL;
    if (!wanted || width == 0)
        return true;
    if (!pt_size_product(loader->options.batch, width, &count))
        return false;
    *ret_rows = pt_arena_alloc(loader->arena, (size_t)count, sizeof(float));
    return *ret_rows != NULL;
}

static bool allocate_slot(struct pt_loader *loader, struct slot *slot)
{
    const struct pt_dataset *dataset = loader->options.dataset;
    void *features, *tokens, *labels, *targets;
    bool classes = dataset->target_count == 0;
    bool done = allocate_rows(loader, !dataset->has_tokens, dataset->feature_count, &features) &&
                allocate_rows(loader, dataset->has_tokens, dataset->feature_count, &tokens) &&
                allocate_rows(loader, classes, dataset->label_count, &labels) &&
                allocate_rows(loader, !classes, dataset->target_count, &targets);
    if (done)
        slot->batch = (struct pt_batch){features, tokens, labels, targets};
    return done;
}

static enum pt_status allocate(struct pt_loader *loader, struct pt_error *error)
{
    const struct pt_loader_options *options = &loader->options;
    const struct pt_dataset *dataset = options->dataset;
    bool done = true;

    if (options->shuffle) {
        loader->order =
            pt_arena_alloc(loader->arena, (size_t)dataset->sample_count, sizeof *loader->order);
        done = loader->order != NULL;
    }
    if (options->depth > 0) {
        loader->slots =
            pt_arena_alloc(loader->arena, (size_t)options->depth, sizeof *loader->slots);
        done = done && loader->slots != NULL;
    }
    for (int i = 0; done && i < options->depth; i++)
        done = allocate_slot(loader, &loader->slots[i]);
    if (!done)
        return pt_fail(error, PT_NO_MEMORY,
                       "no memory to hold %d batches of %" PRId64 " samples of %" PRId64
                       " numbers ahead; hold fewer",
                       options->depth, options->batch, dataset->feature_count);
    return PT_OK;
}

// Signals are the business of the program's first thread.
static enum pt_status start(struct pt_loader *loader, struct pt_error *error)
{
    sigset_t all, before;
    loader->has_lock = pthread_mutex_init(&loader->lock, NULL) == 0;
    loader->has_filled = pthread_cond_init(&loader->filled, NULL) == 0;
    loader->has_freed = pthread_cond_init(&loader->freed, NULL) == 0;
    if (!loader->has_lock || !loader->has_filled || !loader->has_freed)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the lock of a loader");
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int number = pthread_create(&loader->thread, NULL, fill_ring, loader);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (number != 0)
        return pt_fail_errno(error, number, "cannot start the thread that loads data");
    loader->has_thread = true;
    return PT_OK;
}

static enum pt_status check_options(const struct pt_loader_options *options, struct pt_error *error)
{
    int64_t samples = options->dataset->sample_count;
    if (options->batch < 1 || options->depth < 0 || options->depth > DEPTH_MAX)
        return pt_fail(error, PT_BAD_INPUT,
                       "a loader of %d batches of %" PRId64
                       " samples; allowed are 0 to %d batches of at least 1",
                       options->depth, options->batch, DEPTH_MAX);
    if (samples < 1 || (options->drop_last && samples < options->batch))
        return pt_fail(error, PT_BAD_INPUT,
                       "%" PRId64 " samples make no whole batch of %" PRId64
                       "; use a smaller batch or keep the last one",
                       samples, options->batch);
    return PT_OK;
}

enum pt_status pt_loader_open(const struct pt_loader_options *options,
                              struct pt_loader **ret_loader, struct pt_error *error)
{
    enum pt_status status = check_options(options, error);
    if (status != PT_OK)
        return status;
    struct pt_arena *arena = pt_arena_create();
    struct pt_loader *loader = arena != NULL ? pt_arena_alloc(arena, 1, sizeof *loader) : NULL;
    if (loader == NULL) {
        pt_arena_destroy(arena);
        return pt_fail(error, PT_NO_MEMORY, "no memory for a loader");
    }
    loader->arena = arena;
    loader->options = *options;
    loader->order_epoch = -1;
    int64_t samples = options->dataset->sample_count, whole = samples / options->batch;
    bool has_rest = samples % options->batch != 0 && !options->drop_last;
    loader->batches_per_epoch = whole + (has_rest ? 1 : 0);

    status = allocate(loader, error);
    if (status == PT_OK && options->depth > 0)
        status = start(loader, error);
    if (status != PT_OK) {
        pt_loader_close(loader);
        return status;
    }
    *ret_loader = loader;
    return PT_OK;
}

void pt_loader_close(struct pt_loader *loader)
{
    if (loader == NULL)
        return;
    if (loader->has_thread) {
        pthread_mutex_lock(&loader->lock);
        loader->stop = true;
        pthread_cond_signal(&loader->freed);
        pthread_mutex_unlock(&loader->lock);
        pthread_join(loader->thread, NULL);
    }
    if (loader->has_filled)
        pthread_cond_destroy(&loader->filled);
    if (loader->has_freed)
        pthread_cond_destroy(&loader->freed);
    if (loader->has_lock)
        pthread_mutex_destroy(&loader->lock);
    pt_arena_destroy(loader->arena);
}

int64_t pt_loader_batches_per_epoch(const struct pt_loader *loader)
{
    return loader->batches_per_epoch;
}

enum pt_status pt_loader_seek(struct pt_loader *loader, int64_t epoch, int64_t index,
                              struct pt_error *error)
{
    if (epoch < 0 || index < 0 || index > loader->batches_per_epoch)
        return pt_fail(error, PT_BAD_INPUT,
                       "there is no batch %" PRId64 " of epoch %" PRId64 "; an epoch has %" PRId64
                       " batches",
                       index, epoch, loader->batches_per_epoch);
    loader->next = (struct place){epoch, index};
    if (!loader->has_thread)
        return PT_OK;
    pthread_mutex_lock(&loader->lock);
    loader->generation++;
    loader->first = (loader->first + loader->full) % loader->options.depth;
    loader->full = 0;
    loader->failed = false;
    loader->make = index < loader->batches_per_epoch ? loader->next : (struct place){epoch + 1, 0};
    pthread_cond_signal(&loader->freed);
    pthread_mutex_unlock(&loader->lock);
    return PT_OK;
}

static void copy_rows(void *to, const void *from, int64_t rows, int64_t width)
{
    if (to != NULL && from != NULL)
        memcpy(to, from, (size_t)(rows * width) * sizeof(float));
}

static void copy_batch(const struct pt_dataset *dataset, const struct slot *slot,
                       const struct pt_batch *batch)
{
    copy_rows(batch->features, slot->batch.features, slot->rows, dataset->feature_count);
    copy_rows(batch->tokens, slot->batch.tokens, slot->rows, dataset->feature_count);
    copy_rows(batch->labels, slot->batch.labels, slot->rows, dataset->label_count);
    copy_rows(batch->targets, slot->batch.targets, slot->rows, dataset->target_count);
}

// The first full slot; the thread leaves it alone until it is freed.
static const struct slot *wait_for_slot(struct pt_loader *loader)
{
    pthread_mutex_lock(&loader->lock);
    if (loader->full == 0) {
        int64_t start_ns = pt_clock_monotonic(&pt_system_clock);
        while (loader->full == 0)
            pthread_cond_wait(&loader->filled, &loader->lock);
        loader->waited_ns += pt_clock_monotonic(&pt_system_clock) - start_ns;
    }
    const struct slot *slot = &loader->slots[loader->first];
    pthread_mutex_unlock(&loader->lock);
    return slot;
}

static void free_slot(struct pt_loader *loader)
{
    pthread_mutex_lock(&loader->lock);
    loader->first = (loader->first + 1) % loader->options.depth;
    loader->full--;
    pthread_cond_signal(&loader->freed);
    pthread_mutex_unlock(&loader->lock);
}

static enum pt_status take_from_ring(struct pt_loader *loader, const struct pt_batch *batch,
                                     struct pt_error *error)
{
    const struct slot *slot = wait_for_slot(loader);
    if (slot->status != PT_OK) {
        if (error != NULL)
            *error = slot->error;
        return slot->status;
    }
    copy_batch(loader->options.dataset, slot, batch);
    free_slot(loader);
    return PT_OK;
}

enum pt_status pt_loader_next(struct pt_loader *loader, const struct pt_batch *batch,
                              int64_t *ret_rows, struct pt_error *error)
{
    struct place place = loader->next;
    if (place.index >= loader->batches_per_epoch) {
        loader->next = (struct place){place.epoch + 1, 0};
        *ret_rows = 0;
        return PT_OK;
    }
    enum pt_status status = loader->has_thread ? take_from_ring(loader, batch, error)
                                               : make_batch(loader, place, batch, error);
    if (status != PT_OK)
        return status;
    loader->next.index++;
    *ret_rows = rows_of(loader, place.index);
    return PT_OK;
}

int64_t pt_loader_waited_ns(const struct pt_loader *loader)
{
    return loader->waited_ns;
}
