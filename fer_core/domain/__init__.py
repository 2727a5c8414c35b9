"""Value types, errors, registry and settings: what every other layer may import."""
