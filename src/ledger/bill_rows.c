// A bill to rows and back. An unknown amount is NULL, never 0.

#include "ledger/bill_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// The parameters or columns of a statement, taken one after the other.
struct cursor {
    sqlite3_stmt *statement;
    int index;
};

static void put_text(struct cursor *cursor, const char *text)
{
    sqlite3_bind_text(cursor->statement, cursor->index++, text, -1, SQLITE_STATIC);
}

static void put_integer(struct cursor *cursor, int64_t value)
{
    sqlite3_bind_int64(cursor->statement, cursor->index++, value);
}

static void put_real(struct cursor *cursor, double value)
{
    if (isnan(value))
        sqlite3_bind_null(cursor->statement, cursor->index++);
    else
        sqlite3_bind_double(cursor->statement, cursor->index++, value);
}

static void put_quantity(struct cursor *cursor, struct pt_quantity quantity)
{
    put_real(cursor, quantity.value);
    put_real(cursor, quantity.low);
    put_real(cursor, quantity.high);
    put_text(cursor, pt_provenance_text(quantity.provenance));
}

static void put_amount(struct cursor *cursor, const struct pt_amount *amount)
{
    if (amount->known) {
        put_integer(cursor, amount->value);
        put_integer(cursor, amount->low);
        put_integer(cursor, amount->high);
    } else {
        for (int i = 0; i < 3; i++)
            sqlite3_bind_null(cursor->statement, cursor->index++);
    }
    put_text(cursor, pt_provenance_text(amount->known ? amount->provenance : PT_MISSING));
}

static enum pt_status write_row(struct pt_ledger *ledger, sqlite3_stmt *insert, int64_t id,
                                const char *kind, bool is_total, int position,
                                const struct pt_bill_row *row, struct pt_error *error)
{
    struct cursor cursor = {insert, 1};
    put_integer(&cursor, id);
    put_text(&cursor, kind);
    put_integer(&cursor, is_total);
    put_integer(&cursor, position);
    put_text(&cursor, row->label);
    put_quantity(&cursor, row->seconds);
    put_amount(&cursor, &row->microjoules);
    put_amount(&cursor, &row->nano_money);
    put_amount(&cursor, &row->micrograms);
    return pt_ledger_step(ledger, insert, error);
}

static enum pt_status write_rows(struct pt_ledger *ledger, int64_t id, const char *kind,
                                 const struct pt_bill *bill, struct pt_error *error)
{
    static const char sql[] =
        "INSERT INTO bill_rows VALUES (?,?,?,?,?, ?,?,?,?, ?,?,?,?, ?,?,?,?, ?,?,?,?)";
    sqlite3_stmt *insert;

    enum pt_status status = pt_ledger_prepare(ledger, sql, &insert, error);
    if (status != PT_OK)
        return status;
    for (int i = 0; status == PT_OK && i < bill->row_count; i++)
        status = write_row(ledger, insert, id, kind, false, i, &bill->rows[i], error);
    if (status == PT_OK)
        status = write_row(ledger, insert, id, kind, true, 0, &bill->total, error);
    sqlite3_finalize(insert);
    return status;
}

static enum pt_status write_head(struct pt_ledger *ledger, const char *sql, int64_t id,
                                 const char *kind, const struct pt_bill *bill,
                                 struct pt_error *error)
{
    sqlite3_stmt *statement;
    enum pt_status status = pt_ledger_prepare(ledger, sql, &statement, error);
    if (status != PT_OK)
        return status;
    struct cursor cursor = {statement, 1};
    put_integer(&cursor, id);
    put_text(&cursor, kind);
    if (bill != NULL) {
        put_text(&cursor, bill->currency);
        put_text(&cursor, bill->price_source);
        put_text(&cursor, bill->carbon_source);
        put_text(&cursor, bill->energy_source);
    }
    status = pt_ledger_step(ledger, statement, error);
    sqlite3_finalize(statement);
    return status;
}

enum pt_status pt_ledger_write_bill(struct pt_ledger *ledger, int64_t id, const char *kind,
                                    const struct pt_bill *bill, struct pt_error *error)
{
    enum pt_status status = write_head(ledger, "DELETE FROM bills WHERE run_id = ? AND kind = ?",
                                       id, kind, NULL, error);
    if (status == PT_OK)
        status =
            write_head(ledger, "INSERT INTO bills VALUES (?,?,?,?,?,?)", id, kind, bill, error);
    if (status == PT_OK)
        status = write_rows(ledger, id, kind, bill, error);
    return status;
}

// False if the text does not fit.
static bool take_text(struct cursor *cursor, char *text, size_t size)
{
    const char *found = (const char *)sqlite3_column_text(cursor->statement, cursor->index++);
    int length = snprintf(text, size, "%s", found != NULL ? found : "");
    return length >= 0 && (size_t)length < size;
}

static enum pt_provenance take_provenance(struct cursor *cursor)
{
    const char *text = (const char *)sqlite3_column_text(cursor->statement, cursor->index++);
    return text != NULL ? pt_provenance_parse(text) : PT_MISSING;
}

// False if only some of the three numbers are known.
static bool take_quantity(struct cursor *cursor, struct pt_quantity *ret_quantity)
{
    struct pt_quantity quantity;
    quantity.value = pt_ledger_real(cursor->statement, cursor->index++);
    quantity.low = pt_ledger_real(cursor->statement, cursor->index++);
    quantity.high = pt_ledger_real(cursor->statement, cursor->index++);
    quantity.provenance = take_provenance(cursor);
    bool known = !isnan(quantity.value);
    *ret_quantity = known ? quantity : pt_quantity_missing();
    return known == !isnan(quantity.low) && known == !isnan(quantity.high) &&
           known == (quantity.provenance != PT_MISSING);
}

static bool take_amount(struct cursor *cursor, struct pt_amount *ret_amount)
{
    int known_count = 0;
    int64_t values[3];

    for (int i = 0; i < 3; i++, cursor->index++) {
        known_count += sqlite3_column_type(cursor->statement, cursor->index) != SQLITE_NULL;
        values[i] = sqlite3_column_int64(cursor->statement, cursor->index);
    }
    struct pt_amount amount = {known_count == 3, values[0], values[1], values[2],
                               take_provenance(cursor)};
    *ret_amount = amount;
    return (known_count == 0 || known_count == 3) &&
           amount.known == (amount.provenance != PT_MISSING);
}

static bool take_row(struct cursor *cursor, struct pt_bill *bill, bool *has_total)
{
    bool is_total = sqlite3_column_int64(cursor->statement, cursor->index++) != 0;
    if ((!is_total && bill->row_count == PT_BILL_ROWS_MAX) || *has_total)
        return false;
    struct pt_bill_row *row = is_total ? &bill->total : &bill->rows[bill->row_count++];
    *has_total = is_total;
    return take_text(cursor, row->label, sizeof row->label) &&
           take_quantity(cursor, &row->seconds) && take_amount(cursor, &row->microjoules) &&
           take_amount(cursor, &row->nano_money) && take_amount(cursor, &row->micrograms);
}

static enum pt_status read_rows(struct pt_ledger *ledger, int64_t id, const char *kind,
                                struct pt_bill *bill, struct pt_error *error)
{
    static const char sql[] =
        "SELECT is_total, label,"
        " seconds, seconds_low, seconds_high, seconds_provenance,"
        " microjoules, microjoules_low, microjoules_high, microjoules_provenance,"
        " nano_money, nano_money_low, nano_money_high, nano_money_provenance,"
        " micrograms, micrograms_low, micrograms_high, micrograms_provenance"
        " FROM bill_rows WHERE run_id = ? AND kind = ? ORDER BY is_total, position";
    sqlite3_stmt *select;
    bool is_sound = true, has_total = false;

    enum pt_status status = pt_ledger_prepare(ledger, sql, &select, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_int64(select, 1, id);
    sqlite3_bind_text(select, 2, kind, -1, SQLITE_STATIC);
    int code = SQLITE_DONE;
    while (is_sound && (code = sqlite3_step(select)) == SQLITE_ROW)
        is_sound = take_row(&(struct cursor){select, 0}, bill, &has_total);
    if (is_sound && code != SQLITE_DONE)
        status = pt_ledger_fail(ledger, error, "cannot read the %s of run %" PRId64, kind, id);
    else if (!is_sound || !has_total)
        status = pt_fail(error, PT_CORRUPT,
                         "%s: the %s of run %" PRId64 " is no whole bill; was it edited by hand?",
                         ledger->path, kind, id);
    sqlite3_finalize(select);
    return status;
}

enum pt_status pt_ledger_read_bill(struct pt_ledger *ledger, int64_t id, const char *kind,
                                   struct pt_bill *ret_bill, bool *ret_found,
                                   struct pt_error *error)
{
    static const char sql[] = "SELECT currency, price_source, carbon_source, energy_source"
                              " FROM bills WHERE run_id = ? AND kind = ?";
    sqlite3_stmt *select;
    bool fits = true;

    memset(ret_bill, 0, sizeof *ret_bill);
    *ret_found = false;
    enum pt_status status = pt_ledger_prepare(ledger, sql, &select, error);
    if (status != PT_OK)
        return status;
    sqlite3_bind_int64(select, 1, id);
    sqlite3_bind_text(select, 2, kind, -1, SQLITE_STATIC);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        struct cursor cursor = {select, 0};
        fits = take_text(&cursor, ret_bill->currency, sizeof ret_bill->currency) &&
               take_text(&cursor, ret_bill->price_source, sizeof ret_bill->price_source) &&
               take_text(&cursor, ret_bill->carbon_source, sizeof ret_bill->carbon_source) &&
               take_text(&cursor, ret_bill->energy_source, sizeof ret_bill->energy_source);
        *ret_found = true;
    } else if (code != SQLITE_DONE) {
        status = pt_ledger_fail(ledger, error, "cannot read the %s of run %" PRId64, kind, id);
    }
    sqlite3_finalize(select);
    if (!fits)
        return pt_fail(error, PT_CORRUPT,
                       "%s: a text on the %s of run %" PRId64 " is too long; was it edited by "
                       "hand?",
                       ledger->path, kind, id);
    if (status == PT_OK && *ret_found)
        status = read_rows(ledger, id, kind, ret_bill, error);
    return status;
}
