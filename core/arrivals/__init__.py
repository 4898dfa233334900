"""Who was trained and may come: lists, invitations, and a guide for who arrives."""
