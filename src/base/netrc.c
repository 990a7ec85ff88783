// See netrc.h.
//
// Source of the format: The GNU inetutils manual, .netrc. Macros (macdef) and accounts are refused.

#include "base/netrc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 65536, PATH_SIZE = 512 };

struct scan {
    const char *at, *end;
    int line;
};

static bool is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static void skip_blanks(struct scan *scan)
{
    for (; scan->at < scan->end; scan->at++) {
        if (*scan->at == '#') // a comment, where a word would begin
            while (scan->at < scan->end && *scan->at != '\n')
                scan->at++;
        if (scan->at == scan->end || !is_blank(*scan->at))
            return;
        scan->line += *scan->at == '\n';
    }
}

// The next word; a password may begin with '#', so a value is not taken for a comment.
static bool next_word(struct scan *scan, bool value, char *word, size_t size)
{
    size_t length = 0;
    if (!value)
        skip_blanks(scan);
    while (value && scan->at < scan->end && is_blank(*scan->at))
        scan->line += *scan->at++ == '\n';
    for (; scan->at < scan->end && !is_blank(*scan->at); scan->at++, length++) {
        if (*scan->at == '\0' || length + 1 >= size)
            return false;
        word[length] = *scan->at;
    }
    word[length] = '\0';
    return length > 0;
}

static enum pt_status fail_at(struct pt_error *error, const struct scan *scan, const char *what)
{
    return pt_fail(error, PT_BAD_INPUT,
                   "line %d: %s: lines are \"machine HOST login USER password PASSWORD\"",
                   scan->line, what);
}

static enum pt_status scan_entries(struct scan *scan, const char *host,
                                   struct pt_credentials *found, struct pt_error *error)
{
    char key[16], name[256];
    bool wanted = false, any = false, done = false;
    for (skip_blanks(scan); scan->at < scan->end; skip_blanks(scan)) {
        if (!next_word(scan, false, key, sizeof key))
            return fail_at(error, scan, "an unknown word");
        bool machine = strcmp(key, "machine") == 0, other = strcmp(key, "default") == 0;
        if (machine && !next_word(scan, true, name, sizeof name))
            return fail_at(error, scan, "no host after \"machine\"");
        if (machine || other) {
            done = done || wanted; // the first that fits is it
            wanted = !done && (other || strcasecmp(name, host) == 0);
            any = true;
            continue;
        }
        bool login = strcmp(key, "login") == 0;
        if (!any || (!login && strcmp(key, "password") != 0))
            return fail_at(error, scan, "an unknown word");
        struct pt_credentials ignored, *into = wanted ? found : &ignored;
        if (!next_word(scan, true, login ? into->user : into->password,
                       login ? sizeof into->user : sizeof into->password))
            return fail_at(error, scan,
                           login ? "no user after \"login\", or a very long one"
                                 : "no password after \"password\", or a very long one");
    }
    return PT_OK;
}

enum pt_status pt_netrc_find(const char *text, size_t length, const char *host,
                             struct pt_credentials *ret_credentials, struct pt_error *error)
{
    struct scan scan = {text, text + length, 1};
    struct pt_credentials found = {0};
    enum pt_status status = scan_entries(&scan, host, &found, error);
    if (status == PT_OK && found.user[0] == '\0' && found.password[0] != '\0')
        status =
            pt_fail(error, PT_BAD_INPUT, "the entry of %.100s has a password but no login", host);
    if (status == PT_OK)
        *ret_credentials = found;
    explicit_bzero(&found, sizeof found);
    return status;
}

// False: nobody says where. *ret_chosen: the user named the file, so it must exist.
static bool file_path(char *path, size_t size, bool *ret_chosen)
{
    const char *named = getenv(PT_NETRC_FILE), *config = getenv("XDG_CONFIG_HOME"),
               *home = getenv("HOME");
    *ret_chosen = named != NULL;
    int length;
    if (named != NULL)
        length = snprintf(path, size, "%s", named);
    else if (config != NULL && config[0] == '/')
        length = snprintf(path, size, "%s/powertrain/netrc", config);
    else if (home != NULL)
        length = snprintf(path, size, "%s/.config/powertrain/netrc", home);
    else
        return false;
    return length > 0 && (size_t)length < size;
}

// Ours, for nobody else, and a file: the opened one is asked, so that it cannot be swapped.
static enum pt_status check_file(int fd, const char *path, struct pt_error *error)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return pt_fail_errno(error, errno, "%s", path);
    if (!S_ISREG(about.st_mode))
        return pt_fail(error, PT_BAD_INPUT, "%s: is no file", path);
    if (about.st_uid != geteuid())
        return pt_fail(error, PT_DENIED, "%s: belongs to somebody else", path);
    if ((about.st_mode & 077) != 0)
        return pt_fail(error, PT_DENIED, "%s: others may read it (mode %03o): chmod 600 %s", path,
                       (unsigned)(about.st_mode & 0777), path);
    if (about.st_size > FILE_LIMIT)
        return pt_fail(error, PT_BAD_INPUT, "%s: %lld bytes, at most %d are read", path,
                       (long long)about.st_size, FILE_LIMIT);
    return PT_OK;
}

static enum pt_status read_all(int fd, const char *path, char *text, size_t *ret_length,
                               struct pt_error *error)
{
    size_t length = 0;
    while (length < FILE_LIMIT) {
        ssize_t count = read(fd, text + length, FILE_LIMIT - length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return pt_fail_errno(error, errno, "%s", path);
        if (count == 0)
            break;
        length += (size_t)count;
    }
    *ret_length = length;
    return PT_OK;
}

static enum pt_status find_in_file(const char *path, bool chosen, const char *host,
                                   struct pt_credentials *found, struct pt_error *error)
{
    size_t length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && !chosen && (errno == ENOENT || errno == ENOTDIR))
        return PT_OK;
    if (fd < 0)
        return pt_fail_errno(error, errno, "%s", path);
    char *text = malloc(FILE_LIMIT);
    enum pt_status status = text != NULL ? check_file(fd, path, error)
                                         : pt_fail(error, PT_NO_MEMORY, "%s: out of memory", path);
    if (status == PT_OK)
        status = read_all(fd, path, text, &length, error);
    if (status == PT_OK) {
        status = pt_netrc_find(text, length, host, found, error);
        if (status != PT_OK)
            pt_fail_within(error, status, "%s", path);
    }
    if (text != NULL)
        explicit_bzero(text, length);
    free(text);
    close(fd);
    return status;
}

enum pt_status pt_netrc_lookup(const char *host, struct pt_credentials *ret_credentials,
                               struct pt_error *error)
{
    char path[PATH_SIZE];
    bool chosen;
    *ret_credentials = (struct pt_credentials){0};
    return file_path(path, sizeof path, &chosen)
               ? find_in_file(path, chosen, host, ret_credentials, error)
               : PT_OK;
}
