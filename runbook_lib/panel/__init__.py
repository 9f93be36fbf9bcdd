"""The operator's desk in JupyterLab."""
