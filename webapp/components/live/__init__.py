"""The webcam page's parts."""
