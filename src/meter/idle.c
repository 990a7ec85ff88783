// See idle.h.

#include "meter/idle.h"

#include <string.h>

static const char *const words[] = {
#define X(name, word, text) word,
    PT_IDLE_POLICY_LIST(X)
#undef X
};

const char *pt_idle_policy_word(enum pt_idle_policy policy)
{
    return words[policy];
}

const char *pt_idle_policy_text(enum pt_idle_policy policy)
{
    static const char *const texts[] = {
#define X(name, word, text) text,
        PT_IDLE_POLICY_LIST(X)
#undef X
    };
    return texts[policy];
}

bool pt_idle_policy_parse(const char *word, enum pt_idle_policy *ret_policy)
{
    for (int i = 0; i < PT_IDLE_POLICIES; i++)
        if (strcmp(word, words[i]) == 0) {
            *ret_policy = (enum pt_idle_policy)i;
            return true;
        }
    return false;
}

bool pt_idle_policy_needs_watts(enum pt_idle_policy policy)
{
    return policy == PT_IDLE_RESERVATION || policy == PT_IDLE_ACTIVE || policy == PT_IDLE_MARGINAL;
}
