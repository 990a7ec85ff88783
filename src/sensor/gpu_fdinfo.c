// AMD's and Intel's GPUs and who uses them. See gpu_share.h.
//
// Every open device of the direct rendering manager tells its engine time in /proc/PID/fdinfo/FD.
// A file that is inherited or opened by several names has one client id, and is counted once, for
// the process where it is met first. The open files of other users' processes are closed to all but
// root; that there are some is told (hidden). Users of AMD's compute driver are listed apart
// (gpu_kfd.c). Engine time of a process that has ended between two looks is not seen.
// Source: Linux, Documentation/gpu/drm-usage-stats.rst.

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/units.h"
#include "sensor/gpu_share_parts.h"
#include "sensor/sysfs.h"

enum { CLIENTS_MAX = 2048, ENGINES_MAX = 16 };

struct client {
    int card;
    int64_t id;
    unsigned seen; // the look at which it was there
    double engine_seconds, cycles, total_cycles;
};

struct card {
    char address[32];
    const struct pt_kfd_gpu *kfd; // NULL: not of that driver
    bool fresh;                   // a look that nobody has read
    bool full;
    struct pt_gpu_use use;
};

struct pt_gpu_drm {
    char root[PT_SYSFS_PATH];
    const struct pt_clock *clock;
    struct pt_kfd kfd;
    int count;
    struct card cards[PT_GPUS_MAX];
    unsigned look;
    int64_t looked_ns;
    double elapsed; // since the look before
    bool hidden;
    int client_count;
    struct client clients[CLIENTS_MAX];
};

// ---------------------------------------------------------------------------------------- parsing
struct engine {
    char name[32];
    double seconds, cycles, total_cycles, capacity;
};

static struct engine *engine_of(struct engine *engines, int *count, const char *name, size_t length)
{
    if (length == 0 || length >= sizeof engines->name)
        return NULL;
    for (int i = 0; i < *count; i++)
        if (strlen(engines[i].name) == length && memcmp(engines[i].name, name, length) == 0)
            return &engines[i];
    if (*count == ENGINES_MAX)
        return NULL;
    struct engine *engine = &engines[(*count)++];
    *engine = (struct engine){.capacity = 1};
    memcpy(engine->name, name, length);
    return engine;
}

// "123 ns": the number, if it is followed by the unit.
static bool parse_amount(const char *text, const char *unit, double *ret)
{
    char *end;
    if (!isdigit((unsigned char)*text))
        return false;
    double value = strtod(text, &end);
    while (*end == ' ')
        end++;
    size_t length = strlen(unit);
    if (strncmp(end, unit, length) != 0 || (end[length] != '\n' && end[length] != '\0'))
        return false;
    *ret = value;
    return isfinite(value);
}

static void parse_engine(const char *key, size_t length, const char *value, struct engine *engines,
                         int *count)
{
    static const struct {
        const char *prefix, *unit;
        size_t at;
        double scale;
    } kinds[] = {
        // The longer prefix first: "drm-engine-capacity-" is no engine called "capacity-...".
        {"drm-engine-capacity-", "", offsetof(struct engine, capacity), 1},
        {"drm-engine-", "ns", offsetof(struct engine, seconds), 1e-9},
        {"drm-total-cycles-", "", offsetof(struct engine, total_cycles), 1},
        {"drm-cycles-", "", offsetof(struct engine, cycles), 1},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t prefix = strlen(kinds[i].prefix);
        double amount;
        if (length <= prefix || strncmp(key, kinds[i].prefix, prefix) != 0)
            continue;
        struct engine *engine = engine_of(engines, count, key + prefix, length - prefix);
        if (engine != NULL && parse_amount(value, kinds[i].unit, &amount))
            *(double *)((char *)engine + kinds[i].at) = amount * kinds[i].scale;
        return;
    }
}

static void parse_line(const char *line, struct pt_gpu_fdinfo *info, struct engine *engines,
                       int *count)
{
    size_t length = strcspn(line, ":\n");
    const char *value = line + length + (line[length] == ':');
    double number;
    value += strspn(value, " \t");
    if (length == 8 && strncmp(line, "drm-pdev", 8) == 0) {
        size_t size = strcspn(value, " \t\n");
        if (size < sizeof info->address) {
            memcpy(info->address, value, size);
            info->address[size] = '\0';
        }
    } else if (length == 13 && strncmp(line, "drm-client-id", 13) == 0) {
        if (parse_amount(value, "", &number) && number < 0x1p53)
            info->client = (int64_t)number;
    } else {
        parse_engine(line, length, value, engines, count);
    }
}

bool pt_gpu_fdinfo_parse(const char *text, struct pt_gpu_fdinfo *ret_info)
{
    struct pt_gpu_fdinfo info = {.client = -1};
    struct engine engines[ENGINES_MAX];
    int count = 0;
    for (const char *line = text; line != NULL && *line != '\0';) {
        parse_line(line, &info, engines, &count);
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    for (int i = 0; i < count; i++) {
        double capacity = engines[i].capacity >= 1 ? engines[i].capacity : 1;
        info.engine_seconds += engines[i].seconds / capacity;
        info.cycles += engines[i].cycles / capacity;
        info.total_cycles = fmax(info.total_cycles, engines[i].total_cycles);
    }
    info.has_engines = count > 0;
    if (info.address[0] == '\0' || info.client < 0)
        return false;
    *ret_info = info;
    return true;
}

// ---------------------------------------------------------------------------------------- the
// cards
static const char *line_value(const char *text, const char *key)
{
    size_t length = strlen(key);
    while (text != NULL && strncmp(text, key, length) != 0) {
        text = strchr(text, '\n');
        text = text == NULL ? NULL : text + 1;
    }
    return text == NULL ? NULL : text + length;
}

static bool is_word(const char *text, const char *word)
{
    size_t length = strcspn(text, "\n");
    return strlen(word) == length && strncmp(text, word, length) == 0;
}

static void add_card(struct pt_gpu_drm *drm, const char *name)
{
    char text[2048], rest;
    int number;
    if (sscanf(name, "card%d%c", &number, &rest) != 1 || drm->count == PT_GPUS_MAX ||
        pt_sysfs_text(drm->root, text, sizeof text, NULL, "/sys/class/drm/%.20s/device/uevent",
                      name) != PT_OK)
        return;
    const char *driver = line_value(text, "DRIVER="), *slot = line_value(text, "PCI_SLOT_NAME=");
    if (driver == NULL || slot == NULL ||
        !(is_word(driver, "amdgpu") || is_word(driver, "i915") || is_word(driver, "xe")))
        return;
    struct card *card = &drm->cards[drm->count++];
    snprintf(card->address, sizeof card->address, "%.*s", (int)strcspn(slot, "\n"), slot);
    for (int i = 0; i < drm->kfd.count && card->kfd == NULL; i++)
        if (strcmp(drm->kfd.gpus[i].address, card->address) == 0)
            card->kfd = &drm->kfd.gpus[i];
}

static int compare_cards(const void *a, const void *b)
{
    return strcmp(((const struct card *)a)->address, ((const struct card *)b)->address);
}

static void find_cards(struct pt_gpu_drm *drm)
{
    char path[PT_SYSFS_PATH + 32];
    snprintf(path, sizeof path, "%s/sys/class/drm", drm->root);
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL)
        add_card(drm, entry->d_name);
    closedir(folder);
    qsort(drm->cards, (size_t)drm->count, sizeof *drm->cards, compare_cards);
}

enum pt_status pt_gpu_drm_open(const struct pt_sensor_options *options,
                               struct pt_gpu_drm **ret_share, struct pt_error *error)
{
    struct pt_gpu_drm *drm = calloc(1, sizeof *drm);
    const char *root = options->root != NULL ? options->root : "";
    if (drm == NULL)
        return pt_fail(error, PT_NO_MEMORY, "gpus: out of memory");
    drm->clock = options->clock != NULL ? options->clock : &pt_system_clock;
    if (snprintf(drm->root, sizeof drm->root, "%s", root) >= (int)sizeof drm->root) {
        free(drm);
        return pt_fail(error, PT_OVERFLOW, "%.60s...: the path is too long", root);
    }
    pt_kfd_open(&drm->kfd, drm->root);
    find_cards(drm);
    if (drm->count == 0) {
        free(drm);
        return pt_fail(error, PT_UNAVAILABLE, "%s/sys/class/drm: no GPU of AMD or Intel", root);
    }
    *ret_share = drm;
    return PT_OK;
}

void pt_gpu_drm_close(struct pt_gpu_drm *share)
{
    free(share);
}

int pt_gpu_drm_count(const struct pt_gpu_drm *share)
{
    return share->count;
}

const char *pt_gpu_drm_address(const struct pt_gpu_drm *share, int gpu)
{
    return share->cards[gpu].address;
}

// ---------------------------------------------------------------------------------------- one look
static struct pt_gpu_process *process_of(struct card *card, int64_t pid)
{
    struct pt_gpu_use *use = &card->use;
    for (int i = 0; i < use->process_count; i++)
        if (use->processes[i].pid == pid)
            return &use->processes[i];
    if (use->process_count == PT_GPU_PROCESSES_MAX) {
        card->full = true;
        return NULL;
    }
    use->processes[use->process_count] = (struct pt_gpu_process){pid, 0, NAN, -1};
    return &use->processes[use->process_count++];
}

// One that was not there at the look before takes the place of one that has gone.
static struct client *client_of(struct pt_gpu_drm *drm, int card, int64_t id)
{
    struct client *gone = NULL;
    for (int i = 0; i < drm->client_count; i++) {
        struct client *client = &drm->clients[i];
        if (client->card == card && client->id == id)
            return client;
        if (client->seen + 1 < drm->look)
            gone = client;
    }
    if (gone == NULL && drm->client_count < CLIENTS_MAX)
        gone = &drm->clients[drm->client_count++];
    if (gone != NULL)
        *gone = (struct client){.card = card, .id = id};
    return gone;
}

// The share of the time in which its engines worked since the look before. Of the first look, and
// of a client that cannot be kept, it is not known.
static double share_of(const struct pt_gpu_drm *drm, const struct client *before,
                       const struct pt_gpu_fdinfo *now)
{
    bool was_there = before->seen != 0 && before->seen + 1 >= drm->look;
    double cycles = now->cycles - (was_there ? before->cycles : 0),
           seconds = now->engine_seconds - (was_there ? before->engine_seconds : 0);
    if (drm->look < 2 || !now->has_engines)
        return NAN;
    if (now->total_cycles > 0 && before->total_cycles > 0)
        return fmax(0, cycles) / fmax(now->total_cycles - before->total_cycles, 1);
    if (now->total_cycles > 0)
        return NAN; // how many went by since it began is not told
    return drm->elapsed > 0 ? fmax(0, seconds) / drm->elapsed : NAN;
}

static int card_of(const struct pt_gpu_drm *drm, const char *address)
{
    for (int i = 0; i < drm->count; i++)
        if (strcmp(drm->cards[i].address, address) == 0)
            return i;
    return -1;
}

static void see_file(struct pt_gpu_drm *drm, int64_t pid, const char *name)
{
    char text[8192];
    struct pt_gpu_fdinfo info;
    if (pt_sysfs_text(drm->root, text, sizeof text, NULL, "/proc/%lld/fdinfo/%.20s", (long long)pid,
                      name) != PT_OK ||
        !pt_gpu_fdinfo_parse(text, &info))
        return;
    int index = card_of(drm, info.address);
    struct client *client = index < 0 ? NULL : client_of(drm, index, info.client);
    if (index < 0 || (client != NULL && client->seen == drm->look))
        return; // of another driver; or it was met already
    struct pt_gpu_process *process = process_of(&drm->cards[index], pid);
    double share = client == NULL ? NAN : share_of(drm, client, &info);
    if (process != NULL)
        process->sm_share += share; // NAN stays
    if (client != NULL)
        *client = (struct client){index,       info.client,      drm->look, info.engine_seconds,
                                  info.cycles, info.total_cycles};
}

// The folder of a process that may not be looked at cannot be opened; that of one that has ended
// neither.
static void see_process(struct pt_gpu_drm *drm, const char *name)
{
    char path[PT_SYSFS_PATH + 64], target[64];
    int64_t pid = atoll(name);
    snprintf(path, sizeof path, "%s/proc/%.20s/fd", drm->root, name);
    DIR *files = opendir(path);
    if (files == NULL) {
        drm->hidden = drm->hidden || errno == EACCES || errno == EPERM;
        return;
    }
    const struct dirent *file;
    while ((file = readdir(files)) != NULL) {
        ssize_t length = readlinkat(dirfd(files), file->d_name, target, sizeof target - 1);
        if (length > 9 && strncmp(target, "/dev/dri/", 9) == 0)
            see_file(drm, pid, file->d_name);
    }
    closedir(files);
}

static void add_computing(void *state, int64_t pid, double occupancy, double memory_bytes)
{
    struct pt_gpu_process *process = process_of(state, pid);
    if (process == NULL)
        return;
    process->sm_share += occupancy; // NAN: it is not told
    process->memory_bytes = memory_bytes;
}

static void look(struct pt_gpu_drm *drm)
{
    char path[PT_SYSFS_PATH + 32];
    int64_t now = pt_clock_monotonic(drm->clock);
    drm->elapsed = (double)(now - drm->looked_ns) / (double)PT_NANOSECONDS_PER_SECOND;
    drm->looked_ns = now;
    drm->look++;
    drm->hidden = false;
    for (int i = 0; i < drm->count; i++) {
        drm->cards[i].use.process_count = 0;
        drm->cards[i].full = false;
        drm->cards[i].fresh = true;
    }
    snprintf(path, sizeof path, "%s/proc", drm->root);
    DIR *processes = opendir(path);
    const struct dirent *process;
    while (processes != NULL && (process = readdir(processes)) != NULL)
        if (isdigit((unsigned char)process->d_name[0]))
            see_process(drm, process->d_name);
    if (processes != NULL)
        closedir(processes);
    for (int i = 0; i < drm->count; i++)
        if (drm->cards[i].kfd != NULL)
            pt_kfd_each(&drm->kfd, drm->cards[i].kfd, add_computing, &drm->cards[i]);
}

// One look is for all cards: each is read once from it.
enum pt_status pt_gpu_drm_read(struct pt_gpu_drm *share, int index, struct pt_gpu_use *ret_use,
                               struct pt_error *error)
{
    assert(index >= 0 && index < share->count);
    struct card *card = &share->cards[index];
    if (!card->fresh)
        look(share);
    card->fresh = false;
    if (card->full)
        return pt_fail(error, PT_OVERFLOW, "%s runs more than %d processes", card->address,
                       PT_GPU_PROCESSES_MAX);
    struct pt_gpu_use *use = &card->use;
    use->mig = false;
    use->by_engine = true;
    use->hidden = share->hidden;
    use->sm_known = true;
    for (int i = 0; i < use->process_count; i++)
        use->sm_known = use->sm_known && !isnan(use->processes[i].sm_share);
    *ret_use = *use;
    return PT_OK;
}
