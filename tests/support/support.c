// Temporary folders and files of the tests.

#include "support.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char folders[256][64];
static int folder_count;

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_folders(void)
{
    for (int i = 0; i < folder_count; i++)
        nftw(folders[i], remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *test_folder(void)
{
    if (folder_count == 0)
        atexit(remove_folders);
    assert_true(folder_count < (int)(sizeof folders / sizeof *folders));
    char *folder = folders[folder_count];
    snprintf(folder, sizeof *folders, "/tmp/powertrain-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    folder_count++;
    return folder;
}

const char *test_path(const char *folder, const char *path)
{
    static char *paths[4096];
    static int count;
    assert_true(count < (int)(sizeof paths / sizeof *paths));
    assert_true(asprintf(&paths[count], "%s/%s", folder, path) > 0);
    return paths[count++];
}

const char *test_file_bytes(const char *folder, const char *path, const void *bytes, size_t length)
{
    const char *whole = test_path(folder, path);
    char *copy = strdup(whole);
    for (char *slash = copy + strlen(folder) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(copy, 0755);
        *slash = '/';
    }
    free(copy);
    FILE *file = fopen(whole, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return whole;
}

const char *test_file(const char *folder, const char *path, const char *text)
{
    return test_file_bytes(folder, path, text, strlen(text));
}

char *test_read(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    long length = ftell(file);
    rewind(file);
    char *text = malloc((size_t)length + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)length, file), length);
    text[length] = '\0';
    fclose(file);
    if (ret_length != NULL)
        *ret_length = (size_t)length;
    return text;
}
