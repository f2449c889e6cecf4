"""What figures of several kinds of reports are drawn with."""
