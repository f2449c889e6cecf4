"""The report of stress tests of memory."""
