"""The Models tab: what there is for each task, what fits, getting it, and using it."""
