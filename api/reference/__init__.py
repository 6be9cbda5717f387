"""Reference data: codes and areas, versioned by source."""
