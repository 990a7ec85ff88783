// What the stand-ins share; included by each of them, so that every library has its own state.

#include "fake_gpus.h"

EXPORTED struct fake_gpus fake_gpus;

static const struct {
    const char *name;
    size_t offset;
} keys[] = {
#define KEY(name)                                                                                  \
    {                                                                                              \
#name, offsetof(struct fake_gpu, name)                                                     \
    }
    KEY(watts),   KEY(step),         KEY(energy),    KEY(power),      KEY(instant),
    KEY(samples), KEY(error),        KEY(slow),      KEY(lie),        KEY(module),
    KEY(memory),  KEY(module_watts), KEY(mig),       KEY(card),       KEY(stacks),
    KEY(joules0), KEY(handle_error), KEY(cap_error), KEY(cap_locked), KEY(throttle),
#undef KEY
};

static void set_by_name(struct fake_gpu *gpu, const char *name, const char *value)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(keys[i].name, name) == 0) {
            *(double *)((char *)gpu + keys[i].offset) = strtod(value, NULL);
            return;
        }
    fprintf(stderr, "FAKE_GPUS: no key %s\n", name);
    abort();
}

// "watts=300 step=0.1; watts=60": a GPU for every ";".
static void read_script(const char *script)
{
    char text[1024], *gpu_text = text, *next_gpu;
    snprintf(text, sizeof text, "%s", script);
    for (; gpu_text != NULL && fake_gpus.count < FAKE_GPUS_MAX; gpu_text = next_gpu) {
        char *rest, *word;
        next_gpu = strchr(gpu_text, ';');
        if (next_gpu != NULL)
            *next_gpu++ = '\0';
        struct fake_gpu *gpu = &fake_gpus.gpus[fake_gpus.count++];
        fake_gpu_default(gpu);
        for (word = strtok_r(gpu_text, " ", &rest); word != NULL;
             word = strtok_r(NULL, " ", &rest)) {
            char *equals = strchr(word, '=');
            if (equals != NULL)
                *equals++ = '\0';
            set_by_name(gpu, word, equals != NULL ? equals : "1");
        }
    }
}

static int64_t fake_now(void)
{
    struct timespec now;
    if (fake_gpus.now != NULL)
        return fake_gpus.now(fake_gpus.state);
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void fake_start(void)
{
    const char *script = getenv("FAKE_GPUS");
    if (fake_gpus.count == 0 && script != NULL)
        read_script(script);
    if (fake_gpus.begun_ns == 0)
        fake_gpus.begun_ns = fake_gpus.updated_ns = fake_now();
    fake_gpus.opened++;
}

// Lets every GPU draw its power up to now. Tests change the power only after calling this.
EXPORTED void fake_gpus_update(void);
EXPORTED void fake_gpus_update(void)
{
    int64_t now = fake_now();
    double elapsed = (double)(now - fake_gpus.updated_ns) * 1e-9;
    fake_gpus.updated_ns = now;
    for (int i = 0; i < fake_gpus.count; i++) {
        struct fake_gpu *gpu = &fake_gpus.gpus[i];
        double before = gpu->joules;
        gpu->board_joules += gpu->watts * elapsed;
        gpu->joules += gpu->watts * gpu->lie * elapsed;
        // The counter moves on a grid of its own, which began with the machine.
        int64_t step_ns = llround(gpu->step * 1e9);
        if (step_ns == 0) {
            gpu->stepped.joules = gpu->joules;
        } else if (now / step_ns * step_ns > gpu->stepped.at_ns) {
            gpu->stepped.at_ns = now / step_ns * step_ns;
            double since = (double)(now - gpu->stepped.at_ns) * 1e-9;
            gpu->stepped.joules = fmax(before, gpu->joules - gpu->watts * gpu->lie * since);
        }
    }
}

static double fake_counter(const struct fake_gpu *gpu)
{
    return gpu->joules0 + gpu->stepped.joules;
}

static void fake_call(const struct fake_gpu *gpu)
{
    if (gpu->slow > 0 && fake_gpus.wait != NULL)
        fake_gpus.wait(fake_gpus.state, gpu->slow);
    fake_gpus_update();
}
