"""HTTP as it stood on the wire: guarded, recorded to the byte, judged, and written."""
