"""Every write that someone may later ask about: keyword-only, `by=`, one transaction, in the trail."""
