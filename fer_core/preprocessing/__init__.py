"""From a face in an image to the network's input: the only conversion anywhere."""
