-- The floor: one event, one transaction, into the real table with its keys and indexes; nothing is verified, looked up or queued.
INSERT INTO stripe_events (stripe_event_id, type, payload)
VALUES (gen_random_uuid(), 'customer.subscription.updated', convert_from(decode(:payload, 'hex'), 'UTF8')::jsonb);
