-- What belongs together (invariant 6): words that are sent twice are met by the cases of their sender's last hour.
CREATE INDEX cases_customer_received ON cases (customer_address, received_at);
