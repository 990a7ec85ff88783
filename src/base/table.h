// Text tables for terminals, and numbers as people read them.
#ifndef PT_BASE_TABLE_H
#define PT_BASE_TABLE_H

#include <stdio.h>

#include "base/arena.h"
#include "base/quantity.h"

struct pt_table;

// Each heading that begins with '>' makes its column right-aligned. All memory from arena.
struct pt_table *pt_table_create(struct pt_arena *arena, const char *const *headings, int count);
// count texts, copied; NULL is printed as "-", a control character or what is no UTF-8 as "?".
void pt_table_row(struct pt_table *table, const char *const *cells);
void pt_table_rule(struct pt_table *table); // a line across, before a total
// Columns are as wide as their widest cell; if the sum is more than width columns, the widest
// left-aligned one is cut with an ellipsis. width <= 0: no limit. Display width by wcwidth.
void pt_table_print(const struct pt_table *table, FILE *stream, int width);
// The columns of the terminal on fd, else $COLUMNS, else 80.
int pt_terminal_width(int fd);

// "1.23 kWh" with four significant digits at most and the unit that leaves 1 to 999 before the
// point; "unknown" for NAN, "0 J" for 0. Buffers of at least 48 bytes; return the buffer.
const char *pt_format_joules(double joules, char *buffer); // J, Wh, kWh, MWh, GWh (Wh from 360 J)
const char *pt_format_watts(double watts, char *buffer);   // mW, W, kW, MW, GW
const char *pt_format_bytes(double bytes, char *buffer);   // B, KiB, MiB, GiB, TiB, PiB
const char *pt_format_grams(double grams, char *buffer);   // mg, g, kg, t (of CO2e)
const char *pt_format_flop(double flop, char *buffer);     // FLOP, kFLOP ... ZFLOP, YFLOP
const char *pt_format_count(double count, char *buffer);   // 669,706
// "0.000123 EUR", "0.50 EUR", "1,234.50 EUR": cents, and three significant digits below one.
// currency may be NULL; only its first 8 bytes are printed.
const char *pt_format_money(double amount, const char *currency, char *buffer);

#endif
