"""Token ids in, token ids out: loading, sampling and decoding. Owns threads, caches and devices."""
