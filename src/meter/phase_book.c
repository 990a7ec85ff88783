// See phase_book.h.

#include "meter/phase_book.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/units.h"
#include "cost/bill.h"
#include "meter/attribution.h"

enum {
    // So many slots are kept for names with nothing around them, one for each.
    PATHS_MAX = PT_PHASES_MAX - PT_PHASE_NAMES_MAX,
    LATE_NS = 1000000, // what threads may need from reading the clock to sending
};
_Static_assert((int)PT_PHASE_SLOTS == (int)PT_PHASES_MAX, "a slot of the book is one of the clock");
_Static_assert((int)PT_PHASE_NAMES_MAX <= 32, "the names around a phase are bits of an unsigned");

static void clear(struct pt_phase_stack *stack)
{
    *stack = (struct pt_phase_stack){.levels = {{-1, -1}}};
}

void pt_phase_book_init(struct pt_phase_book *book, const char *base)
{
    memset(book, 0, sizeof *book);
    pthread_mutex_init(&book->lock, NULL);
    clear(&book->outer);
    clear(&book->inner);
    pt_phase_name_clean(base, strlen(base), book->names[0].text, PT_PHASE_NAME_SIZE);
    book->name_count = book->slot_count = 1;
    book->facts = (struct pt_phase_facts){.step = NAN, .steps = NAN, .samples = NAN, .loss = NAN};
}

void pt_phase_book_close(struct pt_phase_book *book)
{
    pthread_mutex_destroy(&book->lock);
}

void pt_phase_book_catch_up(struct pt_phase_book *book)
{
    if (book->catch_up != NULL)
        book->catch_up(book->state);
}

// -------------------------------------------------------------------------------- names and slots
// The bill has rows of its own.
static const char *label_of(const char *text)
{
    if (strcmp(text, "total") == 0)
        return "phase total";
    return strcmp(text, PT_BILL_OVERHEAD_LABEL) == 0 ? "phase overhead" : text;
}

// A new one is added. When all places but one are taken, the last is for all others.
static int find_name(struct pt_phase_book *book, const char *text)
{
    text = label_of(text);
    for (int i = 0; i < book->name_count; i++)
        if (strcmp(book->names[i].text, text) == 0)
            return i;
    if (book->name_count >= PT_PHASE_NAMES_MAX - 1) {
        book->facts.names_full = true;
        text = "other";
    }
    if (book->name_count == PT_PHASE_NAMES_MAX)
        return PT_PHASE_NAMES_MAX - 1;
    memcpy(book->names[book->name_count].text, text, strlen(text) + 1);
    return book->name_count++;
}

static int find_slot(struct pt_phase_book *book, int name, unsigned around)
{
    for (int i = 0; i < book->slot_count; i++)
        if (book->slots[i].name == name && book->slots[i].around == around)
            return i;
    if (around != 0 && book->path_count == PATHS_MAX) {
        book->facts.paths_full = true;
        return find_slot(book, name, 0);
    }
    book->path_count += around != 0;
    book->slots[book->slot_count].name = name;
    book->slots[book->slot_count].around = around;
    return book->slot_count++;
}

static void walk(const struct pt_phase_stack *stack, int *innermost, unsigned *around)
{
    for (int i = 0; i <= stack->depth; i++) {
        const int names[] = {stack->levels[i].window, stack->levels[i].phase};
        for (int k = 0; k < 2; k++) {
            if (names[k] < 0)
                continue;
            *innermost = names[k];
            *around |= 1u << names[k];
        }
    }
}

static void enter(struct pt_phase_book *book, int64_t time_ns)
{
    int innermost = 0;
    unsigned around = 0;
    walk(&book->outer, &innermost, &around);
    walk(&book->inner, &innermost, &around);
    int slot = find_slot(book, innermost, around & ~(1u << innermost));
    if (book->clock != NULL)
        pt_phase_clock_enter(book->clock, slot, time_ns);
}

void pt_phase_book_attach(struct pt_phase_book *book, struct pt_phase_clock *clock)
{
    pthread_mutex_lock(&book->lock);
    book->clock = clock;
    if (clock != NULL) // what was said before
        enter(book, atomic_load(&clock->settled_ns));
    pthread_mutex_unlock(&book->lock);
}

// ------------------------------------------------------------------------------------------ events
// Not in the future, and not before what was given away.
static int64_t time_of(struct pt_phase_book *book, const struct pt_phase_event *event,
                       int64_t now_ns)
{
    int64_t time = event->time_ns == PT_PHASE_NO_TIME ? now_ns : event->time_ns;
    int64_t settled = book->clock != NULL ? atomic_load(&book->clock->settled_ns) : INT64_MIN;
    bool untimely = time > now_ns || (time < settled && settled - time > LATE_NS);
    book->facts.untimely_count += untimely;
    time = time > now_ns ? now_ns : time;
    return time < settled ? settled : time;
}

static void begin_window(struct pt_phase_book *book, struct pt_phase_stack *stack, const char *text)
{
    if (stack->depth == PT_PHASE_DEPTH_MAX) {
        stack->beyond++;
        book->facts.dropped_count++;
        return;
    }
    int name = find_name(book, text);
    book->names[name].is_window = true;
    book->names[name].count++;
    stack->depth++;
    stack->levels[stack->depth].window = name;
    stack->levels[stack->depth].phase = -1;
}

// Without a name: the innermost one.
static void end_window(struct pt_phase_book *book, struct pt_phase_stack *stack, const char *text)
{
    int level = stack->depth;
    if (stack->beyond > 0) {
        stack->beyond--;
        return;
    }
    while (level > 0 && text[0] != '\0' &&
           strcmp(book->names[stack->levels[level].window].text, label_of(text)) != 0)
        level--;
    // A window that found no place of its own has the last one's name.
    if (level == 0 && book->facts.names_full)
        for (level = stack->depth; level > 0; level--)
            if (stack->levels[level].window == PT_PHASE_NAMES_MAX - 1)
                break;
    if (level > 0)
        stack->depth = level - 1;
    else
        book->facts.malformed_count++;
}

static void set_phase(struct pt_phase_book *book, struct pt_phase_stack *stack, const char *text)
{
    int name = text[0] == '\0' ? -1 : find_name(book, text);
    if (name >= 0 && stack->levels[stack->depth].phase != name)
        book->names[name].count++;
    stack->levels[stack->depth].phase = name;
}

static void add_note(struct pt_phase_facts *facts, const char *text, int64_t time_ns)
{
    if (facts->note_count == PT_PHASE_NOTES_MAX) {
        facts->dropped_count++;
        return;
    }
    struct pt_phase_note *note = &facts->notes[facts->note_count++];
    note->time_ns = time_ns;
    memcpy(note->text, text, sizeof note->text);
}

static void take_fact(struct pt_phase_facts *facts, const struct pt_phase_event *event,
                      int64_t time_ns)
{
    switch (event->verb) {
    case PT_SAYS_STEP:
        facts->step = event->number;
        facts->step_ns = time_ns;
        if (!isnan(event->of))
            facts->steps = event->of;
        break;
    case PT_SAYS_SAMPLES:
        facts->samples = (isnan(facts->samples) ? 0 : facts->samples) + event->number;
        break;
    case PT_SAYS_LOSS:
        facts->loss = event->number;
        break;
    case PT_SAYS_NOTE:
        add_note(facts, event->text, time_ns);
        break;
    case PT_SAYS_PHASE:
    case PT_SAYS_BEGIN:
    case PT_SAYS_END:
    case PT_SAYS_DROPPED:
    case PT_PHASE_VERBS:
        break;
    }
}

// Whose events are not for us are only counted.
static bool is_heard(struct pt_phase_book *book, int speaker)
{
    if (speaker == PT_SPEAKER_OUTSIDE || book->phases_of == PT_PHASES_OF_ALL)
        return true;
    if (book->phases_of != PT_PHASES_OF_FIRST)
        return speaker == book->phases_of;
    if (book->speaker == 0)
        book->speaker = speaker;
    return speaker == book->speaker;
}

static void apply(struct pt_phase_book *book, struct pt_phase_stack *stack,
                  const struct pt_phase_event *event, int64_t time_ns)
{
    switch (event->verb) {
    case PT_SAYS_PHASE:
        set_phase(book, stack, event->text);
        break;
    case PT_SAYS_BEGIN:
        begin_window(book, stack, event->text);
        break;
    case PT_SAYS_END:
        end_window(book, stack, event->text);
        break;
    default:
        take_fact(&book->facts, event, time_ns);
        return;
    }
    enter(book, time_ns);
}

void pt_phase_book_say(struct pt_phase_book *book, int speaker, const struct pt_phase_event *event,
                       int64_t now_ns)
{
    pthread_mutex_lock(&book->lock);
    book->facts.event_count++;
    if (event->verb == PT_SAYS_DROPPED) {
        book->facts.dropped_count += (int64_t)event->number;
    } else if (is_heard(book, speaker)) {
        bool outside = speaker == PT_SPEAKER_OUTSIDE;
        apply(book, outside ? &book->outer : &book->inner, event, time_of(book, event, now_ns));
    } else {
        book->facts.foreign_count++;
    }
    pthread_mutex_unlock(&book->lock);
}

void pt_phase_book_malformed(struct pt_phase_book *book)
{
    pthread_mutex_lock(&book->lock);
    book->facts.malformed_count++;
    pthread_mutex_unlock(&book->lock);
}

void pt_phase_book_dropped(struct pt_phase_book *book, int64_t count)
{
    pthread_mutex_lock(&book->lock);
    book->facts.dropped_count += count;
    pthread_mutex_unlock(&book->lock);
}

void pt_phase_book_hung_up(struct pt_phase_book *book, int speaker, int64_t now_ns)
{
    pthread_mutex_lock(&book->lock);
    bool chosen = book->phases_of > 0 && speaker == book->phases_of;
    if (chosen || (book->phases_of == PT_PHASES_OF_FIRST && speaker == book->speaker)) {
        book->speaker = 0;
        clear(&book->inner);
        struct pt_phase_event now = {.time_ns = PT_PHASE_NO_TIME};
        enter(book, time_of(book, &now, now_ns));
    }
    pthread_mutex_unlock(&book->lock);
}

// ----------------------------------------------------------------------------------------- reading
int pt_phase_book_slot_count(struct pt_phase_book *book)
{
    pthread_mutex_lock(&book->lock);
    int count = book->slot_count;
    pthread_mutex_unlock(&book->lock);
    return count;
}

struct pt_phase_facts pt_phase_book_facts(struct pt_phase_book *book)
{
    pthread_mutex_lock(&book->lock);
    struct pt_phase_facts facts = book->facts;
    pthread_mutex_unlock(&book->lock);
    return facts;
}

// Mean over the joules; of one price it is that price.
static struct pt_quantity mean_price(struct pt_quantity a, double a_joules, struct pt_quantity b,
                                     double b_joules)
{
    if (!(b_joules > 0))
        return a;
    if (!(a_joules > 0) || (a.value == b.value && a.low == b.low && a.high == b.high))
        return b;
    double weight = b_joules / (a_joules + b_joules);
    return pt_quantity_sum(pt_quantity_scale(a, 1 - weight), pt_quantity_scale(b, weight));
}

// The first of several is taken as it is, so that one alone keeps its provenance.
static void add(struct pt_meter_phase_total *total, const struct pt_meter_phase_total *more,
                bool first)
{
    double before = total->joules.value, after = more->joules.value;
    if (first) {
        total->price_per_kwh = more->price_per_kwh;
        total->carbon_grams_per_kwh = more->carbon_grams_per_kwh;
        total->joules = more->joules;
    } else {
        total->price_per_kwh = mean_price(total->price_per_kwh, before, more->price_per_kwh, after);
        total->carbon_grams_per_kwh =
            mean_price(total->carbon_grams_per_kwh, before, more->carbon_grams_per_kwh, after);
        total->joules = pt_quantity_sum(total->joules, more->joules);
    }
    total->seconds += more->seconds;
}

// Energy that is missing is missing everywhere.
static struct pt_meter_phase_total nothing(const struct pt_phase_book *book, int name, bool known)
{
    return (struct pt_meter_phase_total){
        .name = book->names[name].text,
        .count = book->names[name].count,
        .joules = known ? pt_quantity_exact(0) : pt_quantity_missing(),
        .price_per_kwh = pt_quantity_missing(),
        .carbon_grams_per_kwh = pt_quantity_missing(),
    };
}

static void fold_phases(const struct pt_phase_book *book, struct pt_meter_report *report,
                        const struct pt_meter_phase_total slots[], int slot_count)
{
    bool seen[PT_PHASE_NAMES_MAX] = {false};
    for (int i = 0; i < book->name_count; i++)
        report->phases[i] = nothing(
            book, i, pt_quantity_known(report->joules)); // if it only ever was around others
    for (int i = 0; i < slot_count; i++) {
        int name = book->slots[i].name;
        add(&report->phases[name], &slots[i], !seen[name]);
        seen[name] = true;
    }
    report->phase_count = book->name_count;
}

static void fold_windows(const struct pt_phase_book *book, struct pt_meter_report *report,
                         const struct pt_meter_phase_total slots[], int slot_count)
{
    report->window_count = 0;
    for (int name = 0; name < book->name_count; name++) {
        if (!book->names[name].is_window)
            continue;
        struct pt_meter_phase_total window = nothing(book, name, pt_quantity_known(report->joules));
        bool first = true;
        for (int i = 0; i < slot_count; i++) {
            if (book->slots[i].name != name && (book->slots[i].around >> name & 1) == 0)
                continue;
            add(&window, &slots[i], first);
            first = false;
        }
        report->windows[report->window_count++] = window;
    }
}

// Others' joules stay, and so does what the machine used: exactly the sum of both.
static void add_up(struct pt_meter_report *report)
{
    struct pt_quantity joules = report->phases[0].joules;
    for (int i = 1; i < report->phase_count; i++)
        joules = pt_quantity_sum(joules, report->phases[i].joules);
    if (!pt_quantity_known(report->joules) || !pt_quantity_known(joules))
        return;
    report->joules = joules;
    pt_split_exactly(joules.value, report->idle_joules, &report->active_joules,
                     &report->idle_joules);
    struct pt_quantity *machine = &report->machine_joules;
    machine->value = joules.value + report->others_joules;
    machine->low = fmin(machine->low, machine->value);
    machine->high = fmax(machine->high, machine->value);
}

uint64_t pt_phase_book_slots_of(struct pt_phase_book *book, const char *name)
{
    uint64_t slots = 0;
    pthread_mutex_lock(&book->lock);
    for (int i = 0; i < book->slot_count; i++)
        for (int k = 0; k < book->name_count; k++)
            if ((book->slots[i].name == k || (book->slots[i].around >> k & 1) != 0) &&
                strcmp(book->names[k].text, name) == 0)
                slots |= UINT64_C(1) << i;
    pthread_mutex_unlock(&book->lock);
    return slots;
}

void pt_phase_book_fold(struct pt_phase_book *book, struct pt_meter_report *report)
{
    struct pt_meter_phase_total slots[PT_PHASES_MAX];
    memcpy(slots, report->phases, sizeof slots);
    pthread_mutex_lock(&book->lock);
    int count = book->slot_count < report->phase_count ? book->slot_count : report->phase_count;
    fold_phases(book, report, slots, count);
    fold_windows(book, report, slots, count);
    pthread_mutex_unlock(&book->lock);
    add_up(report);
}
