"""Sound: classes of clips, and transcripts."""
