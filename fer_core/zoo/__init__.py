"""Models: their cards, their folders, and the classifiers that serve them."""
