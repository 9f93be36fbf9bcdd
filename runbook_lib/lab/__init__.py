"""The simulated cluster behind real WinRM endpoints."""
