"""What people do here, counted: ids, kinds and times, never what was said."""
