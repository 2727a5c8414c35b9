"""Network architectures: one file each, found by name. Keras is imported when one is built."""
