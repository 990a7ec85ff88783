// What a program says through the socket and the descriptor, and the client of powertrain.h.

#include "meter/phase_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "support.h"

static struct pt_phase_book book;
static struct pt_phase_clock phase_clock;
static struct pt_phase_channel *channel;

static int setup(void **state)
{
    struct pt_error error;
    (void)state;
    pt_phase_book_init(&book, "command");
    pt_phase_clock_start(&phase_clock, pt_clock_monotonic(&pt_system_clock));
    pt_phase_book_attach(&book, &phase_clock);
    assert_status(pt_phase_channel_open(&book, &channel, &error), PT_OK, &error);
    assert_status(pt_phase_channel_export(channel, &error), PT_OK, &error);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pt_phase_channel_close(channel);
    pt_phase_book_close(&book);
    return 0;
}

static int connect_to(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    memcpy(address.sun_path + 1, name + 1, length - 1);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, size), 0);
    return fd;
}

static struct pt_phase_facts facts_now(void)
{
    pt_phase_book_catch_up(&book);
    return pt_phase_book_facts(&book);
}

static const char *current(void)
{
    pt_phase_book_catch_up(&book);
    return book.names[book.slots[atomic_load(&phase_clock.current)].name].text;
}

static void a_shell_speaks_through_the_descriptor(void **unused)
{
    assert_true(pt_phase_channel_fd(channel) > 2 && pt_phase_channel_fd(channel) <= 9);
    assert_int_equal(system("echo phase eval >&$POWERTRAIN_PHASE_FD; printf 'step 3\\nsamples 4' "
                            ">&$POWERTRAIN_PHASE_FD"),
                     0);
    assert_string_equal(current(), "eval");
    assert_near(facts_now().step, 3, 0);
    assert_true(isnan(facts_now().samples)); // its line has no end yet
    (void)unused;
}

static void a_program_speaks_through_the_socket(void **unused)
{
    assert_true(pt_phase("forward"));
    assert_string_equal(current(), "forward");
    assert_true(pt_phase_begin("epoch"));
    assert_true(pt_phase("back\nward"));
    assert_string_equal(current(), "back?ward");
    assert_true(pt_phase_end(NULL));
    assert_string_equal(current(), "forward");
    assert_true(pt_phase(NULL));
    assert_string_equal(current(), "command");
    assert_true(pt_phase_say("step 17/400"));
    assert_near(facts_now().steps, 400, 0);
    assert_false(pt_phase_say("") || pt_phase_say(NULL) || pt_phase_say("step 1\nstep 2"));
    assert_int_equal(facts_now().malformed_count, 0);
    (void)unused;
}

// The line was sent before this: what comes later does not belong to it.
static void lines_carry_their_time(void **unused)
{
    int64_t spent[PT_PHASE_SLOTS], before = pt_clock_monotonic(&pt_system_clock);
    struct timespec nap = {0, 30000000};
    assert_true(pt_phase("sent"));
    int64_t after = pt_clock_monotonic(&pt_system_clock);
    nanosleep(&nap, NULL);
    assert_string_equal(current(), "sent");
    int64_t since = atomic_load(&phase_clock.since_ns);
    assert_true(before <= since && since <= after);
    pt_phase_clock_read(&phase_clock, after + 30000000, spent);
    assert_true(spent[1] >= 30000000);
    assert_int_equal(facts_now().untimely_count, 0);
    (void)unused;
}

static void the_thread_hears_without_being_asked(void **unused)
{
    struct pt_error error;
    struct timespec nap = {0, 1000000};
    char name[64];
    snprintf(name, sizeof name, "%s", pt_phase_channel_name(channel));
    assert_status(pt_phase_channel_start(channel, &error), PT_OK, &error);
    assert_null(getenv("POWERTRAIN_SOCKET")); // it was for the command
    assert_int_equal(pt_phase_channel_fd(channel), -1);
    int fd = connect_to(name);
    assert_int_equal(write(fd, "phase heard", 11), 11);
    for (int i = 0; i < 10000 && pt_phase_book_facts(&book).event_count == 0; i++)
        nanosleep(&nap, NULL);
    assert_int_equal(pt_phase_book_facts(&book).event_count, 1);
    close(fd);
    (void)unused;
}

// Each child is another process; the phases of the first one count until it ends.
static void a_process_that_ends_leaves_its_phases(void **unused)
{
    for (int i = 0; i < 2; i++) {
        int pid = fork(), status;
        if (pid == 0)
            _exit(pt_phase(i == 0 ? "first" : "second") ? 0 : 1);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
        assert_string_equal(current(), "command"); // it spoke, and hung up
    }
    assert_int_equal(facts_now().event_count, 2);
    assert_int_equal(facts_now().foreign_count, 0);
    assert_int_equal(book.name_count, 3);
    (void)unused;
}

static void a_child_that_was_forked_speaks_for_itself(void **unused)
{
    int status;
    assert_true(pt_phase("parent"));
    assert_string_equal(current(), "parent");
    int pid = fork();
    if (pid == 0)
        _exit(pt_phase("child") ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_string_equal(current(), "parent");
    assert_int_equal(facts_now().foreign_count, 1);
    (void)unused;
}

static void hostile_messages_are_counted(void **unused)
{
    static char flood[100000];
    int fd = connect_to(pt_phase_channel_name(channel));
    memset(flood, 'x', sizeof flood);
    assert_int_equal(write(fd, flood, sizeof flood), sizeof flood); // no line at all
    assert_int_equal(facts_now().malformed_count, 1);
    memcpy(flood, "phase a\nbegin b\n", 16); // cut off within the third line
    assert_int_equal(write(fd, flood, sizeof flood), sizeof flood);
    assert_int_equal(facts_now().malformed_count, 2);
    assert_string_equal(current(), "b");
    assert_int_equal(write(fd, "\0\0\0\n\n\xff\xfe\nphase \033[2J", 18), 18);
    assert_int_equal(facts_now().malformed_count, 4);
    assert_string_equal(current(), "?[2J");
    for (int i = 0; i < 200; i++) // a line that never ends, through the descriptor
        if (write(pt_phase_channel_fd(channel), flood + 16, 5000) < 0)
            assert_int_equal(errno, EAGAIN);
    facts_now();
    assert_int_equal(write(pt_phase_channel_fd(channel), "\nphase c\n", 9), 9);
    assert_int_equal(facts_now().malformed_count, 5);
    assert_int_equal(facts_now().event_count, 4);
    close(fd);
    (void)unused;
}

// Nobody reads: the sender goes on, and says afterwards how much was lost.
static void a_flood_is_counted_and_blocks_nobody(void **unused)
{
    enum { FLOOD = 100000 };
    int sent = 0;
    for (int i = 0; i < FLOOD; i++)
        sent += pt_phase(i % 2 == 0 ? "even" : "odd");
    assert_true(sent >= 100 && sent < FLOOD);
    struct pt_phase_facts facts = facts_now();
    assert_int_equal(facts.event_count, sent);
    assert_true(pt_phase("afterwards"));
    facts = facts_now();
    assert_string_equal(current(), "afterwards");
    assert_int_equal(facts.dropped_count, FLOOD - sent);
    int written = 0;
    while (write(pt_phase_channel_fd(channel), "phase x\n", 8) == 8)
        written++;
    assert_int_equal(errno, EAGAIN);
    assert_true(written > 1000);
    assert_int_equal(facts_now().event_count, sent + 2 + written);
    (void)unused;
}

static void nobody_listens_and_nothing_happens(void **unused)
{
    struct pt_error error;
    int pipe_end = dup(pt_phase_channel_fd(channel));
    char name[64];
    snprintf(name, sizeof name, "%s", pt_phase_channel_name(channel));
    assert_true(pt_phase("a"));
    pt_phase_channel_close(channel);
    setenv("POWERTRAIN_SOCKET", name, 1);
    assert_false(pt_phase("b")); // it is gone
    assert_false(pt_phase("c"));
    assert_int_equal(write(pipe_end, "phase d\n", 8), 8); // and no SIGPIPE
    close(pipe_end);
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"", "no-at", "@powertrain-nobody"};
        setenv("POWERTRAIN_SOCKET", names[i], 1);
        assert_false(pt_phase("e"));
    }
    char long_name[256] = "@";
    memset(long_name + 1, 'x', 200);
    setenv("POWERTRAIN_SOCKET", long_name, 1);
    assert_false(pt_phase("f"));
    unsetenv("POWERTRAIN_SOCKET");
    assert_false(pt_phase("g") || pt_phase_begin("g") || pt_phase_end("g"));
    assert_status(pt_phase_channel_open(&book, &channel, &error), PT_OK, &error);
    (void)unused;
}

static void many_connections_are_held_and_more_are_refused(void **unused)
{
    enum { MANY = 600 };
    int fds[MANY], heard;
    for (int i = 0; i < MANY; i++) {
        fds[i] = connect_to(pt_phase_channel_name(channel));
        if (i % 100 == 99)
            facts_now();
    }
    heard = 0;
    for (int i = 0; i < MANY; i++)
        heard += send(fds[i], "samples 1", 9, MSG_NOSIGNAL) == 9;
    assert_int_equal(heard, 512);
    assert_near(facts_now().samples, 512, 0);
    assert_int_equal(facts_now().dropped_count, MANY - 512);
    for (int i = 0; i < MANY; i++)
        close(fds[i]);
    facts_now();
    assert_true(pt_phase("again"));
    assert_string_equal(current(), "again");
    (void)unused;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_shell_speaks_through_the_descriptor),
        TEST(a_program_speaks_through_the_socket),
        TEST(lines_carry_their_time),
        TEST(the_thread_hears_without_being_asked),
        TEST(a_process_that_ends_leaves_its_phases),
        TEST(a_child_that_was_forked_speaks_for_itself),
        TEST(hostile_messages_are_counted),
        TEST(a_flood_is_counted_and_blocks_nobody),
        TEST(nobody_listens_and_nothing_happens),
        TEST(many_connections_are_held_and_more_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
