"""cmd.exe lines and the parsing of what they answer: pure text, no connection."""
