// Bills in the ledger: one row of table bills, and its rows and total in bill_rows.
#ifndef PT_LEDGER_BILL_ROWS_H
#define PT_LEDGER_BILL_ROWS_H

#include "ledger/store.h"

// "prediction" or "measurement". Within the caller's transaction; replaces an older one.
enum pt_status pt_ledger_write_bill(struct pt_ledger *ledger, int64_t id, const char *kind,
                                    const struct pt_bill *bill, struct pt_error *error);
// *ret_found false: there is none. PT_CORRUPT for rows that are no bill.
enum pt_status pt_ledger_read_bill(struct pt_ledger *ledger, int64_t id, const char *kind,
                                   struct pt_bill *ret_bill, bool *ret_found,
                                   struct pt_error *error);

#endif
