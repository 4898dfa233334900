"""The shared vocabulary: pure values that every platform and every room speak in."""
