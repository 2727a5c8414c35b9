"""Serving: images in, `FrameAnalysis` out, and what is drawn or counted from it."""
