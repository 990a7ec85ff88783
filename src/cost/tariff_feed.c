// See tariff_feed.h.

#include "cost/tariff_feed.h"

#include <string.h>

#include "base/log.h"
#include "base/units.h"

static const int64_t day_ns = 24 * 3600 * PT_NANOSECONDS_PER_SECOND;
static const double patience_seconds = 10; // that a run may start later for its prices

// A file is meant beside the file that names it.
static const char *name_beside(struct pt_arena *arena, const struct pt_node *node, const char *name)
{
    const char *slash = node->file == NULL ? NULL : strrchr(node->file, '/');
    if (strncmp(name, "csv:", 4) != 0 || name[4] == '/' || slash == NULL)
        return pt_arena_strdup(arena, name);
    return pt_arena_printf(arena, "csv:%.*s/%s", (int)(slash - node->file), node->file, name + 4);
}

static enum pt_status ask(struct pt_arena *arena, const char *name, enum pt_feed_kind kind,
                          const struct pt_series **ret_series, struct pt_feed_info *ret_info,
                          struct pt_error *error)
{
    const struct pt_feed_options options = {.patience_seconds = patience_seconds};
    int64_t now_ns = pt_clock_realtime(&pt_system_clock);
    bool file = strncmp(name, "csv:", 4) == 0; // all of it: it may be of another year
    return pt_feed_series(arena, name, kind, file ? INT64_MIN : now_ns - day_ns,
                          file ? INT64_MAX : now_ns + 14 * day_ns, &options, ret_series, ret_info,
                          error);
}

enum pt_status pt_tariff_read_feed(struct pt_arena *arena, const struct pt_node *mapping,
                                   const char *key, enum pt_feed_kind kind,
                                   const struct pt_series **ret_series,
                                   struct pt_feed_info *ret_info, struct pt_error *error)
{
    const char *text = NULL;
    struct pt_error inner = {PT_OK, ""};
    enum pt_status status = pt_node_get_string(mapping, key, PT_OPTIONAL, &text, error);
    if (status != PT_OK || text == NULL)
        return status;
    const struct pt_node *node = pt_node_find(mapping, key);
    const char *name = name_beside(arena, node, text);
    if (name == NULL)
        return pt_fail(error, PT_NO_MEMORY, "no memory for the series %s", text);
    status = ask(arena, name, kind, ret_series, ret_info, &inner);
    if (status == PT_UNAVAILABLE) {
        pt_log(PT_LOG_WARN, "feed_unavailable", "feed=%.100s reason=\"%s\"", text, inner.message);
        return PT_OK;
    }
    if (status != PT_OK)
        return pt_node_fail(error, node, "series %s: %s", key, inner.message);
    if (ret_info->warning != NULL)
        pt_log(PT_LOG_WARN, "feed_not_asked", "feed=%.100s reason=\"%s\"", text, ret_info->warning);
    return PT_OK;
}
