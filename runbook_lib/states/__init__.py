"""What must be true: pure descriptions that never touch a node."""
