"""What we advise. Pure: no Flask, no SQL, no queue, no clock, no environment."""
