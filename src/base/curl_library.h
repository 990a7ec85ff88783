// libcurl, opened at first use: linking it would cost every `powertrain meter` the time to load it
// and the thirty libraries below it (docs/sensors.md has the figure). The headers are needed to
// build, the library only to ask a meter or a feed over the network.
#ifndef PT_BASE_CURL_LIBRARY_H
#define PT_BASE_CURL_LIBRARY_H

#include <curl/curl.h>

#include "base/status.h"

struct pt_curl {
    CURLcode (*global_init)(long flags);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
    void (*easy_cleanup)(CURL *easy);
    const char *(*easy_strerror)(CURLcode code);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_perform)(CURLM *multi, int *ret_running);
    CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd *extra, unsigned extra_count,
                            int timeout_ms, int *ret_count);
    CURLMcode (*multi_wakeup)(CURLM *multi);
    CURLMsg *(*multi_info_read)(CURLM *multi, int *ret_left);
    CURLMcode (*multi_cleanup)(CURLM *multi);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
    void (*slist_free_all)(struct curl_slist *list);
};

// PT_UNAVAILABLE with the package to install if there is none. Safe in any thread.
enum pt_status pt_curl_load(const struct pt_curl **ret_curl, struct pt_error *error);

#endif
