-- A tiny log written by the program of format 1, as SQL: its hashes are what that program computed.
INSERT INTO log VALUES ('s0');
INSERT INTO entry VALUES ('s0', 1, 'htn.follow_up', 'f1', 1, NULL, NULL, 'create', 't01', 'r-f1', '2025-03-01', 'li', 1740790800000000, '{"sbp":150,"note":"随访"}', NULL, 1);
INSERT INTO entry VALUES ('s0', 2, 'htn.follow_up', 'f2', 1, NULL, NULL, 'create', 't01', 'r-f2', '2025-03-01', 'li', 1740790800000000, '{"sbp":132,"note":"随访"}', NULL, 1);
INSERT INTO entry VALUES ('s0', 3, 'htn.follow_up', 'f1', 2, 1, 1, 'correct', 't01', 'r-f1', '2025-03-01', 'wang', 1740877200000000, '{"sbp":138,"note":"随访"}', 'misread', 2);
INSERT INTO entry VALUES ('s0', 4, 'htn.follow_up', 'f1', 2, NULL, NULL, 'access', 't01', 'r-f1', '2025-03-01', 'wang', 1740877200000000, '{}', 'phone call', 2);
INSERT INTO entry VALUES ('s0', 5, 'htn.follow_up', 'f2', 2, NULL, 2, 'withdraw', 't01', NULL, NULL, 'li', 1740963600000000, '{}', 'wrong person', 3);
INSERT INTO head VALUES ('s0', 'htn.follow_up', 'f1', 2, 3);
INSERT INTO head VALUES ('s0', 'htn.follow_up', 'f2', 2, 5);
INSERT INTO batch VALUES ('s0', 1, 1, 2, 1740790800000000, 'li', NULL, NULL, X'9f5e8624b5b18585375df1e702dd189f5eeb36f2d67b0b122e8d26d9ddefd593', X'0000000000000000000000000000000000000000000000000000000000000000', X'c1dcc2d07eb5bb5936f5b7e3639b05ee43e2d258cfff8da846db467fdeac82ea');
INSERT INTO batch VALUES ('s0', 2, 3, 4, 1740877200000000, 'wang', 'k2', X'40b0d19f3b188940480d46a118802214dca68dcbe16e3cfe2bdac2d26eb11355', X'9e5c9b50a3f00099972141eb991f92852a401aa8da08d60bd282046fd56c32d9', X'c1dcc2d07eb5bb5936f5b7e3639b05ee43e2d258cfff8da846db467fdeac82ea', X'd69e8c3f8ba41778dd81e0f7f4d58adca5afe4f03d0679da808c4c69d0539b81');
INSERT INTO batch VALUES ('s0', 3, 5, 5, 1740963600000000, 'li', NULL, NULL, X'097f61a4acb4c0bd32290953e1cfd6190670d49e6e87878f0569ad9aa891d148', X'd69e8c3f8ba41778dd81e0f7f4d58adca5afe4f03d0679da808c4c69d0539b81', X'856a51d1a85387e61a129213ed05cf276593239846bed394b14ae2e656ad5905');
PRAGMA application_id = 1415203889;
PRAGMA user_version = 1;
