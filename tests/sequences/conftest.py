from hypothesis import settings

# No deadline: a busy machine is no failure.
settings.register_profile("sequences", deadline=None, max_examples=60)
settings.load_profile("sequences")
