"""The first service: facts in, plan out, over HTTP."""
