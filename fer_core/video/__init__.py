"""Video files: read frame by frame, followed face by face, summed up, and written out again."""
