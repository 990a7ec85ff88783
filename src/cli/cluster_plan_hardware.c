// Where a plan runs: hardware, its caps, regions with their tariffs.

#include <math.h>
#include <string.h>

#include "cli/cluster_plan.h"
#include "cli/run_setup.h"
#include "hardware/detect.h"
#include "plan/usual.h"

enum { ITEM_SIZE = 96 };
static const double usual_caps[] = {1, 0.9, 0.8, 0.7, 0.6, 0.5};

enum pt_status pt_cluster_plan_each(struct pt_cluster_plan *plan, const char *option,
                                    const char *list, pt_take_item *take, struct pt_error *error)
{
    for (;;) {
        char item[ITEM_SIZE];
        size_t length = strcspn(list, ",");
        if (length == 0 || length >= sizeof item)
            return pt_fail(error, PT_USAGE, "--%s: \"%.40s\" is no item of a list like a,b,c",
                           option, list);
        memcpy(item, list, length);
        item[length] = '\0';
        enum pt_status status = take(plan, item, error);
        if (status != PT_OK || list[length] == '\0')
            return status;
        list += length + 1;
    }
}

// ------------------------------------------------------------------------------------- hardware
static enum pt_status add_cluster(struct pt_cluster_plan *plan, const char *item,
                                  struct pt_error *error)
{
    struct pt_search_options *options = &plan->options;
    if (options->cluster_count == PT_SEARCH_HARDWARE_MAX)
        return pt_fail(error, PT_USAGE, "--hardware names more than %d", PT_SEARCH_HARDWARE_MAX);
    struct pt_cluster *cluster = &plan->clusters[options->cluster_count];
    enum pt_status status = pt_cluster_parse(item, cluster, error);
    if (status != PT_OK)
        return status;
    if (strchr(item, ':') == NULL && plan->asked.cluster.accelerator != NULL)
        cluster->count = plan->asked.cluster.count;
    options->cluster_count++;
    return PT_OK;
}

// Everything that can be rented, or bought with --own, in nodes.
static enum pt_status add_all(struct pt_cluster_plan *plan, struct pt_error *error)
{
    bool own = plan->texts->own;
    for (int i = 0; i < pt_accelerator_count(); i++) {
        const struct pt_accelerator *one = pt_accelerator_at(i);
        double price = own ? one->price_usd : one->rent_usd_per_hour;
        if (one->kind == PT_HARDWARE_CPU || isnan(price) || isnan(one->board_watts))
            continue;
        enum pt_status status = add_cluster(plan, one->name, error);
        if (status != PT_OK)
            return status;
    }
    return PT_OK;
}

// Without a word on hardware: what this machine has.
static enum pt_status detect(struct pt_cluster_plan *plan, struct pt_error *error)
{
    struct pt_error cause;
    if (pt_cluster_detect(plan->texts->root, &plan->asked.cluster, &cause) == PT_OK)
        return PT_OK;
    return pt_fail(error, PT_USAGE,
                   "on what? %s. --on h100-sxm:64 says it, --hardware h100-sxm,b200 tries several; "
                   "powertrain hardware lists what is known",
                   cause.message);
}

static enum pt_status read_hardware(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    struct pt_search_options *options = &plan->options;
    enum pt_status status = PT_OK;
    options->clusters = plan->clusters;
    if (texts->on != NULL)
        status = pt_cluster_parse(texts->on, &plan->asked.cluster, error);
    else if (texts->hardware == NULL)
        status = detect(plan, error);
    if (status != PT_OK)
        return status;
    if (texts->hardware == NULL)
        plan->clusters[options->cluster_count++] = plan->asked.cluster;
    else if (strcmp(texts->hardware, "all") == 0)
        status = add_all(plan, error);
    else
        status = pt_cluster_plan_each(plan, "hardware", texts->hardware, add_cluster, error);
    if (status == PT_OK && texts->max_devices < 0)
        status = pt_fail(error, PT_USAGE, "--max-devices is a whole number from 1 on");
    for (int i = 0; i < options->cluster_count && status == PT_OK; i++)
        if (texts->max_devices > 0)
            plan->clusters[i].count = texts->max_devices;
    options->exact_count = texts->max_devices == 0;
    plan->asked.cluster = plan->clusters[0];
    return status;
}

static enum pt_status read_cap(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const char *cap = plan->texts->cap;
    enum pt_status status = PT_OK;
    bool capped = false;
    for (int i = 0; i < plan->options.cluster_count && status == PT_OK; i++) {
        if (cap != NULL)
            status = pt_cap_parse(cap, plan->clusters[i].accelerator, &plan->clusters[i].cap_watts,
                                  error);
        capped |= !isnan(plan->clusters[i].cap_watts);
    }
    if (!capped) {
        plan->options.caps = usual_caps;
        plan->options.cap_count = sizeof usual_caps / sizeof *usual_caps;
    }
    plan->asked.cluster = plan->clusters[0];
    return status;
}

// --------------------------------------------------------------------------------------- regions
static enum pt_status add_tariff(struct pt_cluster_plan *plan, const struct pt_tariff *tariff,
                                 struct pt_error *error)
{
    double pue = plan->texts->pue;
    struct pt_tariff *copy = pt_arena_alloc(plan->arena, 1, sizeof *copy);
    if (copy == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for a tariff");
    if (plan->options.region_count == PT_SEARCH_REGIONS_MAX)
        return pt_fail(error, PT_USAGE, "--regions names more than %d", PT_SEARCH_REGIONS_MAX);
    *copy = *tariff;
    if (!isnan(pue)) {
        copy->pue = pt_quantity_exact(pue);
        copy->pue_source = "given";
    } else if (copy->pue.provenance == PT_ASSUMED) {
        copy->pue = pt_plan_usual_pue();
        copy->pue_source = "large sites: hyperscalers 1.08 to 1.2, mean of all 1.56, Uptime 2024";
    }
    plan->regions[plan->options.region_count++] = copy;
    return PT_OK;
}

static enum pt_status add_region(struct pt_cluster_plan *plan, const char *item,
                                 struct pt_error *error)
{
    struct pt_tariff tariff;
    enum pt_status status = pt_tariff_from_grid(plan->arena, item, &tariff, error);
    return status == PT_OK ? add_tariff(plan, &tariff, error) : status;
}

enum pt_status pt_cluster_plan_regions(struct pt_cluster_plan *plan, struct pt_error *error)
{
    const struct pt_cluster_plan_texts *texts = plan->texts;
    struct pt_tariff tariff;
    enum pt_status status;
    plan->options.regions = plan->regions;
    if (texts->regions != NULL && (texts->region != NULL || texts->tariff != NULL))
        return pt_fail(error, PT_USAGE, "--regions, --region and --tariff exclude each other");
    if (texts->regions != NULL)
        status = pt_cluster_plan_each(plan, "regions", texts->regions, add_region, error);
    else {
        status = pt_run_tariff(plan->arena, texts->region, texts->tariff, NULL, &tariff, error);
        if (status == PT_OK)
            status = add_tariff(plan, &tariff, error);
    }
    plan->asked.tariff = plan->regions[0];
    return status;
}

enum pt_status pt_cluster_plan_hardware(struct pt_cluster_plan *plan, struct pt_error *error)
{
    enum pt_status status = read_hardware(plan, error);
    return status == PT_OK ? read_cap(plan, error) : status;
}
