"""Finding faces: one file for each detector, all behind `FaceDetector`."""
