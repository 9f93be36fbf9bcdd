"""Runbooks for WebSAM ClientManager on a CLUSTERPRO X cluster."""
