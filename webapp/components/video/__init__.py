"""The video page's parts."""
