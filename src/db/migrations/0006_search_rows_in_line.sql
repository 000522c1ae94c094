-- Search tests and ranks documents by the hundred: in the row itself, up to a page, they are read in one step and not in two.
ALTER TABLE agent_search SET (toast_tuple_target = 8160);
