"""FER Studio's core: faces and their expressions, from pixels to probabilities."""
