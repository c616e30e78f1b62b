"""What people and scripts read: the terminal, documents, figures, the pages of docs."""
