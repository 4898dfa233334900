"""Onboarding: from arriving to being at home, step by step, at one's own pace."""
