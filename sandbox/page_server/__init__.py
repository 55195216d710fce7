"""The page on which one is the lead on the left and the team on the right, over the emulators of this process."""
