-- A ledger of version 2: that of version 1, and where a run comes from. Never change it: such files exist.
PRAGMA foreign_keys=OFF;
BEGIN;
CREATE TABLE runs ( id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT, command TEXT, machine TEXT, sensor TEXT, status TEXT NOT NULL, plan_json TEXT, result_json TEXT, graph_signature INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER, duration_seconds REAL, exit_status INTEGER NOT NULL, updated_ns INTEGER NOT NULL, host TEXT NOT NULL, boot_id TEXT NOT NULL, pid_namespace INTEGER NOT NULL, pid INTEGER NOT NULL, pid_start_ticks INTEGER NOT NULL) STRICT;
CREATE TABLE bills ( run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, kind TEXT NOT NULL CHECK (kind IN ('prediction', 'measurement')), currency TEXT NOT NULL, price_source TEXT NOT NULL, carbon_source TEXT NOT NULL, energy_source TEXT NOT NULL, PRIMARY KEY (run_id, kind)) STRICT, WITHOUT ROWID;
CREATE TABLE bill_rows ( run_id INTEGER NOT NULL, kind TEXT NOT NULL, is_total INTEGER NOT NULL CHECK (is_total IN (0, 1)), position INTEGER NOT NULL, label TEXT NOT NULL, seconds REAL, seconds_low REAL, seconds_high REAL, seconds_provenance TEXT NOT NULL, microjoules INTEGER, microjoules_low INTEGER, microjoules_high INTEGER, microjoules_provenance TEXT NOT NULL, nano_money INTEGER, nano_money_low INTEGER, nano_money_high INTEGER, nano_money_provenance TEXT NOT NULL, micrograms INTEGER, micrograms_low INTEGER, micrograms_high INTEGER, micrograms_provenance TEXT NOT NULL, PRIMARY KEY (run_id, kind, is_total, position), FOREIGN KEY (run_id, kind) REFERENCES bills (run_id, kind) ON DELETE CASCADE) STRICT, WITHOUT ROWID;
CREATE TABLE points ( run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL, seconds REAL NOT NULL, step INTEGER NOT NULL, epoch INTEGER NOT NULL, loss REAL, accuracy REAL, evaluation INTEGER NOT NULL, PRIMARY KEY (run_id, position)) STRICT, WITHOUT ROWID;
CREATE TABLE samples ( run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE, position INTEGER NOT NULL, seconds REAL NOT NULL, joules REAL, watts REAL, machine_watts REAL, PRIMARY KEY (run_id, position)) STRICT, WITHOUT ROWID;
CREATE TABLE origins ( run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE, uid TEXT NOT NULL UNIQUE, run_group TEXT, attempt INTEGER NOT NULL, job_json TEXT) STRICT;
INSERT INTO runs VALUES (3, 'train', 'fashion-mlp', 'powertrain train examples/fashion-mlp.yaml',
 'AMD EPYC, 2 threads', 'perf', 'finished', '{"parameters": 669706}', '{"accuracy": 0.885}',
 -81985529216486896, 1700000000123456789, 1700000012623456789, 12.5, 0, 1700000012623456789,
 'host', '11111111-aaaa', 4026531836, 4711, 123456);
INSERT INTO bills VALUES (3, 'measurement', 'EUR', 'contract of 2023', '', 'perf');
INSERT INTO bill_rows VALUES (3, 'measurement', 0, 0, 'forward', 4.0, 4.0, 4.0, 'measured',
 100000000, 90000000, 110000000, 'measured', 7000, 6000, 8000, 'measured',
 NULL, NULL, NULL, 'missing');
INSERT INTO bill_rows VALUES (3, 'measurement', 0, 1, 'backward', 8.5, 8.5, 8.5, 'measured',
 200000000, 180000000, 220000000, 'measured', 14000, 12000, 17000, 'measured',
 NULL, NULL, NULL, 'missing');
INSERT INTO bill_rows VALUES (3, 'measurement', 1, 0, 'total', 12.5, 12.5, 12.5, 'measured',
 300000000, 270000000, 330000000, 'measured', 21000, 18000, 25000, 'measured',
 NULL, NULL, NULL, 'missing');
INSERT INTO bills VALUES (3, 'prediction', '', '', '', 'model');
INSERT INTO bill_rows VALUES (3, 'prediction', 1, 0, 'total', 11.0, 9.0, 13.0, 'modelled',
 280000000, 200000000, 400000000, 'modelled', NULL, NULL, NULL, 'missing',
 NULL, NULL, NULL, 'missing');
INSERT INTO points VALUES (3, 0, 1.0, 100, 0, 0.75, NULL, 0);
INSERT INTO points VALUES (3, 1, 12.0, 2345, 5, 0.33, 0.885, 1);
INSERT INTO samples VALUES (3, 0, 12.5, 300.0, 24.0, NULL);
INSERT INTO origins VALUES (3, '0123456789abcdef0123456789abcdef', 'slurm:c:17', 2,
 '{"job_id": "17"}');
PRAGMA application_id = 1349799015;
PRAGMA user_version = 2;
COMMIT;
