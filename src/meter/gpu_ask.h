// Whose a GPU is: the processes that the driver lists for it (sensor/gpu_share.h), held against the
// process tree. Asked on a thread of its own, since a call may take milliseconds: soon after the
// start, then once a second, and so rarely that it costs at most 5 % of a core.
//
// The busy have the idle watts too: a GPU that only we use is all ours, one that others use has
// nothing of ours, one that nobody uses is nobody's. Between two answers that differ, the truth is
// anywhere between both.
//
// In a container the numbers may be those of the host, and what other containers run may be hidden.
// There "all ours" is only as far as one can see, and if a process is listed that does not exist
// here, whose the GPU is stays unknown.
#ifndef PT_METER_GPU_ASK_H
#define PT_METER_GPU_ASK_H

#include <pthread.h>

#include "meter/attribution.h"
#include "meter/process_tree.h"
#include "sensor/gpu_share.h"

enum { PT_GPU_SEEN_MAX = 1024 };

// Whether a process that was met is ours; it holds when it has ended.
struct pt_gpu_seen {
    int64_t pid;
    double start_ticks;
    bool ours;
};

// What is known of one GPU.
struct pt_gpu_answer {
    struct pt_share newest; // basis PT_SHARE_GPU_UNKNOWN, and NAN: no answer, or none that helps
    // Since it was last taken: seconds that answers speak for, and share x seconds.
    double seconds;
    double value, low, high;
    // Of them: where the device tells what it did; where it did nothing at all.
    double told_seconds, idle_seconds;
};

struct pt_gpu_ask {
    struct pt_sensor_options options;
    const struct pt_clock *clock;
    enum pt_meter_scope scope;
    struct pt_process_tree tree;
    bool in_container;
    struct pt_gpu_share *share; // NULL: not open
    bool tried;
    int64_t asked_ns;      // the last time
    double period_seconds; // until the next time
    struct pt_gpu_use use;
    int seen_count; // that were ever written; the oldest are overwritten
    struct pt_gpu_seen seen[PT_GPU_SEEN_MAX];
    bool unseen; // in this answer: a listed process that does not exist here

    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; // of all below
    pthread_cond_t wake;
    double cpu_seconds;   // of the thread
    bool stopping, fresh; // fresh: answers that nobody has taken
    int count;
    char addresses[PT_GPUS_MAX][32];
    struct pt_gpu_answer answers[PT_GPUS_MAX];
};

// tree, of PT_SCOPE_TREE, is copied; root is for /proc; options->root and ->clock are not NULL.
void pt_gpu_ask_init(struct pt_gpu_ask *ask, const struct pt_sensor_options *options,
                     enum pt_meter_scope scope, const struct pt_process_tree *tree,
                     const char *root);
enum pt_status pt_gpu_ask_start(struct pt_gpu_ask *ask, struct pt_error *error); // its thread
void pt_gpu_ask_stop(struct pt_gpu_ask *ask);
void pt_gpu_ask_close(struct pt_gpu_ask *ask); // stops it if need be
// Without a thread: asks if it is time.
void pt_gpu_ask_if_due(struct pt_gpu_ask *ask);
void pt_gpu_ask_now(struct pt_gpu_ask *ask);
// Copies the answers, which are then taken. The number of GPUs; 0 if no answer is new.
int pt_gpu_ask_take(struct pt_gpu_ask *ask, struct pt_gpu_answer answers[PT_GPUS_MAX]);
// What its thread has used.
double pt_gpu_ask_cpu_seconds(struct pt_gpu_ask *ask);
// Which GPU the channel counts; -1: none that is known here.
int pt_gpu_ask_find(const struct pt_gpu_ask *ask, const struct pt_channel *channel);

#endif
