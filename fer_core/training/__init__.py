"""The wing that makes models: recipe, augmentation, engine, runs and export (Keras lives here)."""
