// See curl_library.h.

#include "base/curl_library.h"

#include <pthread.h>

#include "base/shared_library.h"

static struct pt_curl curl;
static struct pt_error problem; // why there is none; PT_OK: there is

static const char *const names[] = {"libcurl.so.4", NULL};

static const struct pt_library_symbol symbols[] = {
#define SYMBOL(name)                                                                               \
    {                                                                                              \
        "curl_" #name, offsetof(struct pt_curl, name), false                                       \
    }
    SYMBOL(global_init),     SYMBOL(easy_init),        SYMBOL(easy_setopt),
    SYMBOL(easy_getinfo),    SYMBOL(easy_cleanup),     SYMBOL(easy_strerror),
    SYMBOL(multi_init),      SYMBOL(multi_add_handle), SYMBOL(multi_remove_handle),
    SYMBOL(multi_perform),   SYMBOL(multi_poll),
    SYMBOL(multi_wakeup), // 7.68 and later
    SYMBOL(multi_info_read), SYMBOL(multi_cleanup),    SYMBOL(slist_append),
    SYMBOL(slist_free_all),
#undef SYMBOL
    {NULL, 0, false},
};

static void load(void)
{
    if (pt_shared_library_open(NULL, names, symbols, &curl, &problem) != PT_OK)
        return;
    CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK)
        pt_fail(&problem, PT_UNAVAILABLE, "%s: %s", names[0], curl.easy_strerror(code));
}

enum pt_status pt_curl_load(const struct pt_curl **ret_curl, struct pt_error *error)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (problem.status != PT_OK)
        return pt_fail(
            error, PT_UNAVAILABLE,
            "meters and feeds over the network need libcurl (Debian: apt install libcurl4): %.300s",
            problem.message);
    *ret_curl = &curl;
    return PT_OK;
}
