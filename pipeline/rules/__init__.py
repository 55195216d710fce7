"""What attacks on the attendant look like, by kind; matched on the folded words of a message."""
