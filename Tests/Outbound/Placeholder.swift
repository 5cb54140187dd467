// Filled by the work on outbound calls.
