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
