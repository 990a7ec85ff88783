INSERT INTO runs VALUES (1,'meter',NULL,NULL,NULL,NULL,'running',NULL,NULL,0,0,NULL,NULL,0,0,'','',0,0,0);
INSERT INTO bills VALUES (1,'measurement','EUR','','','');
INSERT INTO bill_rows VALUES (1,'measurement',1,0,'total',NULL,NULL,NULL,'missing',1,0,2,'measured',NULL,NULL,NULL,'missing',NULL,NULL,NULL,'missing');
UPDATE runs SET status='running', boot_id='x', pid=1;
