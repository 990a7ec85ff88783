#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

static struct pt_error error;

static struct pt_atomic_file *open_file(const char *path)
{
    struct pt_atomic_file *file = NULL;
    assert_status(pt_atomic_open(path, &file, &error), PT_OK, &error);
    return file;
}

static void put(struct pt_atomic_file *file, const char *text)
{
    assert_status(pt_atomic_write(file, text, strlen(text), &error), PT_OK, &error);
}

static void check_text(const char *path, const char *expected)
{
    char *text = test_read(path, NULL);
    assert_string_equal(text, expected);
    free(text);
}

static int entry_count(const char *folder)
{
    int count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

static void the_old_file_stays_until_the_new_one_is_whole(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_file(folder, "f", "old");
    struct pt_atomic_file *file = open_file(path);
    put(file, "new ");
    check_text(path, "old");
    put(file, "text");
    check_text(path, "old");
    assert_status(pt_atomic_commit(file, &error), PT_OK, &error);
    check_text(path, "new text");
    assert_int_equal(entry_count(folder), 1);
}

static void a_new_file_appears_only_when_whole(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_path(folder, "f");
    struct pt_atomic_file *file = open_file(path);
    put(file, "text");
    assert_int_equal(access(path, F_OK), -1);
    assert_status(pt_atomic_commit(file, &error), PT_OK, &error);
    check_text(path, "text");
}

static void the_temporary_name_is_the_promised_one(void **unused)
{
    (void)unused;
    char name[64];
    const char *folder = test_folder();
    struct pt_atomic_file *file = open_file(test_path(folder, "f"));
    snprintf(name, sizeof name, "f.tmp.%ld", (long)getpid());
    assert_int_equal(access(test_path(folder, name), F_OK), 0);
    pt_atomic_abandon(file);
    assert_int_equal(entry_count(folder), 0);
}

static void abandoning_leaves_the_old_file_and_nothing_else(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_file(folder, "f", "old");
    struct pt_atomic_file *file = open_file(path);
    put(file, "new");
    pt_atomic_abandon(file);
    pt_atomic_abandon(NULL);
    check_text(path, "old");
    assert_int_equal(entry_count(folder), 1);
}

// No file of this process may grow beyond size bytes: what a full disk is to write(2).
static void limit_files(rlim_t size)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_leaves_the_old_file_and_nothing_else(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_file(folder, "f", "old");
    char block[1000] = {0};
    enum pt_status status = PT_OK, later, last;
    signal(SIGXFSZ, SIG_IGN);
    struct pt_atomic_file *file = open_file(path);
    limit_files(4500);
    int written = 0;
    while (status == PT_OK && written++ < 10)
        status = pt_atomic_write(file, block, sizeof block, &error);
    int left = entry_count(folder);
    later = pt_atomic_write(file, block, 1, &error); // fails for good, and so does the commit
    last = pt_atomic_commit(file, &error);
    limit_files(RLIM_INFINITY);

    assert_int_equal(status, PT_DISK_FULL);
    assert_int_equal(written, 5); // 4500 bytes hold four and a half blocks
    assert_int_equal(left, 1);    // the space is given back at once
    assert_int_equal(later, PT_DISK_FULL);
    assert_int_equal(last, PT_DISK_FULL);
    assert_contains(error.message, path);
    check_text(path, "old");
    assert_int_equal(entry_count(folder), 1);
}

static void a_failed_write_can_be_abandoned(void **unused)
{
    (void)unused;
    const char *folder = test_folder();
    char block[1000] = {0};
    signal(SIGXFSZ, SIG_IGN);
    struct pt_atomic_file *file = open_file(test_path(folder, "f"));
    limit_files(10);
    enum pt_status status = pt_atomic_write(file, block, sizeof block, NULL);
    limit_files(RLIM_INFINITY);
    pt_atomic_abandon(file);
    assert_int_equal(status, PT_DISK_FULL);
    assert_int_equal(entry_count(folder), 0);
}

static void a_commit_that_cannot_rename_leaves_nothing(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_path(folder, "f");
    struct pt_atomic_file *file = open_file(path);
    put(file, "x");
    assert_int_equal(mkdir(path, 0700), 0); // a directory comes in between
    assert_true(pt_atomic_commit(file, &error) != PT_OK);
    assert_contains(error.message, path);
    assert_int_equal(entry_count(folder), 1);
}

static void only_regular_files_are_replaced(void **unused)
{
    (void)unused;
    struct pt_atomic_file *file = NULL;
    struct stat info;
    const char *folder = test_folder(), *fifo = test_path(folder, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_status(pt_atomic_open(fifo, &file, &error), PT_BAD_INPUT, &error);
    assert_status(pt_atomic_open(folder, &file, &error), PT_BAD_INPUT, &error);
    assert_contains(error.message, "is a directory");
    assert_status(pt_atomic_open("/dev/null", &file, &error), PT_BAD_INPUT, &error);
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
    assert_null(file);
}

static void a_missing_directory_is_not_found(void **unused)
{
    (void)unused;
    struct pt_atomic_file *file = NULL;
    const char *path = test_path(test_folder(), "none/f");
    assert_status(pt_atomic_open(path, &file, &error), PT_NOT_FOUND, &error);
    assert_contains(error.message, path);
    assert_null(file);
}

static void a_directory_without_permission_is_denied(void **unused)
{
    (void)unused;
    struct pt_atomic_file *file = NULL;
    const char *folder = test_folder();
    chmod(folder, 0500);
    if (access(folder, W_OK) == 0)
        skip(); // root may write everywhere
    enum pt_status status = pt_atomic_open(test_path(folder, "f"), &file, &error);
    chmod(folder, 0700);
    assert_status(status, PT_DENIED, &error);
}

static void a_symbolic_link_stays_one(void **unused)
{
    (void)unused;
    struct stat info;
    const char *folder = test_folder(), *path = test_path(folder, "link");
    const char *target = test_file(folder, "there/f", "old");
    assert_int_equal(symlink(target, path), 0);
    struct pt_atomic_file *file = open_file(path);
    put(file, "new");
    assert_status(pt_atomic_commit(file, &error), PT_OK, &error);
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    check_text(target, "new");
}

static void the_mode_of_the_old_file_stays(void **unused)
{
    (void)unused;
    struct stat info;
    const char *path = test_file(test_folder(), "f", "old");
    chmod(path, 0640);
    struct pt_atomic_file *file = open_file(path);
    assert_status(pt_atomic_commit(file, &error), PT_OK, &error);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
}

static void one_process_writes_a_file_once_at_a_time(void **unused)
{
    (void)unused;
    struct pt_atomic_file *second = NULL;
    const char *path = test_path(test_folder(), "f");
    struct pt_atomic_file *first = open_file(path);
    assert_status(pt_atomic_open(path, &second, &error), PT_BUSY, &error);
    put(first, "first");
    assert_status(pt_atomic_commit(first, &error), PT_OK, &error);
    check_text(path, "first");
}

// Starts a writer and kills it in the middle of its write.
static void kill_a_writer_of(const char *path)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct pt_atomic_file *file;
        bool good = pt_atomic_open(path, &file, NULL) == PT_OK &&
                    pt_atomic_write(file, "half", 4, NULL) == PT_OK && write(ready[1], "r", 1) == 1;
        while (good)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    close(ready[0]);
    close(ready[1]);
}

static void what_killed_writers_left_is_removed_by_the_next(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_file(folder, "f", "old");
    kill_a_writer_of(path);
    check_text(path, "old");
    assert_int_equal(entry_count(folder), 2); // the file and what the killed one left
    struct pt_atomic_file *file = open_file(path);
    put(file, "new");
    assert_status(pt_atomic_commit(file, &error), PT_OK, &error);
    check_text(path, "new");
    assert_int_equal(entry_count(folder), 1);
}

// In a container every program may be process 1: a leftover of our own number is one too.
static void a_leftover_with_our_own_number_is_removed(void **unused)
{
    (void)unused;
    char name[64];
    const char *folder = test_folder(), *path = test_path(folder, "f");
    snprintf(name, sizeof name, "f.tmp.%ld", (long)getpid());
    test_file(folder, name, "left");
    struct pt_atomic_file *file = open_file(path);
    put(file, "new");
    assert_status(pt_atomic_commit(file, &error), PT_OK, &error);
    check_text(path, "new");
    assert_int_equal(entry_count(folder), 1);
}

static void a_living_writer_and_other_files_are_left_alone(void **unused)
{
    (void)unused;
    const char *folder = test_folder(), *path = test_path(folder, "f");
    const char *living = test_file(folder, "f.tmp.4194305", "in use"); // beyond Linux' PID_MAX
    static const char *const others[] = {"f.tmp.", "f.tmp.12x", "ff.tmp.12", "f.tmp", "f.bak"};
    for (size_t i = 0; i < 5; i++)
        test_file(folder, others[i], "mine");
    int fd = open(living, O_RDONLY);
    assert_int_equal(flock(fd, LOCK_EX), 0); // as its writer would hold it
    pt_atomic_abandon(open_file(path));
    assert_int_equal(entry_count(folder), 6);
    close(fd);
    pt_atomic_abandon(open_file(path));
    assert_int_equal(entry_count(folder), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_file_stays_until_the_new_one_is_whole),
        cmocka_unit_test(a_new_file_appears_only_when_whole),
        cmocka_unit_test(the_temporary_name_is_the_promised_one),
        cmocka_unit_test(abandoning_leaves_the_old_file_and_nothing_else),
        cmocka_unit_test(a_full_disk_leaves_the_old_file_and_nothing_else),
        cmocka_unit_test(a_failed_write_can_be_abandoned),
        cmocka_unit_test(a_commit_that_cannot_rename_leaves_nothing),
        cmocka_unit_test(only_regular_files_are_replaced),
        cmocka_unit_test(a_missing_directory_is_not_found),
        cmocka_unit_test(a_directory_without_permission_is_denied),
        cmocka_unit_test(a_symbolic_link_stays_one),
        cmocka_unit_test(the_mode_of_the_old_file_stays),
        cmocka_unit_test(one_process_writes_a_file_once_at_a_time),
        cmocka_unit_test(what_killed_writers_left_is_removed_by_the_next),
        cmocka_unit_test(a_leftover_with_our_own_number_is_removed),
        cmocka_unit_test(a_living_writer_and_other_files_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
