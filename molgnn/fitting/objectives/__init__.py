"""What a network may be trained for; an objective is a class of `Objective`, one file each."""
